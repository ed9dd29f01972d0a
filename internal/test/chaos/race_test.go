//go:build race

package chaos_test

// raceDetector: the application is built with it too.
const raceDetector = true
