//go:build race

package perf_test

const raceDetector = true
