//go:build !race

package e2e_test

// raceDetector: what only a browser does is looked at without it.
const raceDetector = false
