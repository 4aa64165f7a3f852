// Package documents has tests alone: is what README and docs say true, and does
// every example in them work?
package documents

import (
	"os"
	"path/filepath"
	"testing"
)

// root is the project, from where the documents' own paths lead.
var root = filepath.Join("..", "..", "..")

// readDocument reads a file of the project by its path from there.
func readDocument(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
