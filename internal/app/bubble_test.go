package app_test

import (
	"testing"
	"testing/synctest"
)

// inBubble runs a test in virtual time.
func inBubble(t *testing.T, do func(*testing.T)) {
	t.Helper()
	synctest.Test(t, do)
}
