//go:build !race

package chaos_test

// raceDetector: the application is built without it too.
const raceDetector = false
