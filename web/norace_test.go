//go:build !race

package web_test

// raceDetector: it allocates too, so what is counted is counted without it.
const raceDetector = false
