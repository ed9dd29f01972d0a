//go:build race

package refmodel_test

// raced: the race detector makes everything ten times slower, and needs no whole space to find what two workers share.
const raced = true
