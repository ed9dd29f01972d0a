//go:build race

package users_test

// raceDetector: everything takes much longer under it.
const raceDetector = true
