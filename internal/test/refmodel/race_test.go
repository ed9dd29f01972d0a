//go:build race

package refmodel_test

// raced reports a run under the race detector. It is ten times slower, and finds data races in a part of the space too.
const raced = true
