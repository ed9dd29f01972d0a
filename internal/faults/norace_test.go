//go:build !race

package faults_test

// raceDetector: the application is built without it too.
const raceDetector = false
