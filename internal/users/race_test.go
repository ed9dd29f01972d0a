//go:build race

package users_test

// raceDetector reports whether the race detector is on, which makes tests much slower.
const raceDetector = true
