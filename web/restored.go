package web

import "context"

type restoredFormKey struct{}

// WithRestoredForm marks the context of a page whose form was filled in before the person had to sign in again. The page
// says that nothing is saved yet.
func WithRestoredForm(ctx context.Context) context.Context {
	return context.WithValue(ctx, restoredFormKey{}, true)
}

func isRestoredForm(ctx context.Context) bool { return ctx.Value(restoredFormKey{}) != nil }
