//go:build !race

package perf_test

// raceDetector: what only a browser does is looked at without it.
const raceDetector = false
