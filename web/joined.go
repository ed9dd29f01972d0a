package web

import "errors"

// joined is what an expression in braces is written as. It stands in for templ's own (`make generate` puts it there), which
// takes numbers too and so formats each text anew: two allocations for every word of a page.
func joined[T ~string](s T, errs ...error) (string, error) { return string(s), errors.Join(errs...) }
