//go:build race

package chaos_test

// raceDetector reports whether the race detector is on; the application is built with it too.
const raceDetector = true
