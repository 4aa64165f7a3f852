//go:build race

package app_test

// The race detector makes everything five times as slow, and needs to see every
// kind of request and fault together, not each pair of them: of the cases in
// hundreds every second one is left to the run without it.
const raceDetector = true
