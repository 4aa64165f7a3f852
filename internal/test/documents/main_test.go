// Package documents has tests alone: is what README, docs and the comments of
// workflows say true, and does every example work?
package documents

import (
	"fmt"
	"os"
	"testing"
)

// TestMain goes to the root of the project, from where the documents' own
// paths lead.
func TestMain(m *testing.M) {
	if err := os.Chdir("../../.."); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
