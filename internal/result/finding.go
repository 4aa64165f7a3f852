package result

import "postman-microcks-importer/internal/text"

// Level says how bad it is.
type Level string

// Levels.
const (
	Error   Level = "error"   // Microcks will refuse or break; the run fails
	Warning Level = "warning" // imported, but not what the author expects
	Note    Level = "note"    // to know
)

// Finding is something a person should know of a collection, with the place
// that it is about.
type Finding struct {
	ID      string         `json:"id"`   // "PMI001", stable
	Name    string         `json:"name"` // "version-missing", stable
	Level   Level          `json:"level"`
	Message text.Untrusted `json:"message"`
	// Cause is a number that findings of a rule have in common where they have one cause:
	// they are told together, under the message of the first.
	Cause int    `json:"-"`
	Hint  string `json:"hint,omitempty"`
	// Pointer is the RFC 6901 pointer to the place in the input.
	Pointer text.Untrusted `json:"pointer"`
	// Path is what a person sees in Postman: folders, request, example.
	Path []text.Untrusted `json:"path,omitempty"`
	// File that Line and Column are in, where it is another than the collection's: one of
	// the files of a folder.
	File text.Untrusted `json:"file,omitempty"`
	// Line and Column, from 1, of the place in the input; 0 when unknown.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
	// New: the base branch does not have it. It is told of collections that are compared
	// with one.
	New bool `json:"new,omitempty"`
}
