//go:build !race

package refmodel_test

const raced = false
