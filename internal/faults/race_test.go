//go:build race

package faults_test

// raceDetector: the application is built with it too.
const raceDetector = true
