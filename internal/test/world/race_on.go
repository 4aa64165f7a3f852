//go:build race

package world

// RaceDetector reports whether this test has the race detector. It makes
// everything five times as slow.
const RaceDetector = true
