//go:build !race

package web_test

// raceDetector reports whether the race detector is on; its allocations would be counted.
const raceDetector = false
