//go:build !race

package world

// RaceDetector reports whether this test has the race detector.
const RaceDetector = false
