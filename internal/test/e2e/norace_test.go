//go:build !race

package e2e_test

// raceDetector reports whether the race detector is on: static pages are checked without it.
const raceDetector = false
