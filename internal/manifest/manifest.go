// Package manifest says which collections a repository wants in Microcks, and what
// describes each: a file in YAML, as the input `manifest` names it. It reads such a
// file, writes one, and knows its JSON schema; all three come from the table of keys.
//
// Whoever can open a pull request can change a manifest. So nothing in it decides what
// a run may do: policy stays in the workflow, and its names are refused here.
package manifest

// Bounds of one manifest.
const (
	MostBytes    = 1 << 20
	MostEntries  = 10_000
	MostProblems = 50 // beyond, no more are looked for
)

const mostValues = 200_000

// Manifest is one file.
type Manifest struct {
	// Key that its leftovers are known by; nil for the file's path.
	Key *Said[string]
	// Defaults are what holds for each entry that says nothing else; it has no source.
	Defaults Entry
	Entries  []Entry
}

// Entry is one of the collections, or a whole workspace. What is nil or empty was not
// said.
type Entry struct {
	Position // of the entry

	// One of the two is the source.
	Collection *Said[string] // what a line of the input `collections` takes
	Workspace  *Said[string] // id or link of a Postman workspace

	// Of a workspace: patterns on the names of its collections, and whether forks are
	// taken.
	Include, Exclude []Said[string]
	Forks            *Said[bool]

	ImporterName   *Said[string]
	MainArtifact   *Said[bool]
	Active         *Said[bool]
	Labels         []Label // in the order of the file; each key once
	Delivery       *Said[string]
	ServiceVersion *Said[string]
	Verify         *Said[string]

	// What no manifest says, and an APISource does: the address of the collection, without
	// a query, and the name that its secret has in Microcks; "" is none.
	URL, SecretRef string
}

// Said is a value with its place.
type Said[T any] struct {
	Value T
	Position
}

// Label is one of a service and its importer.
type Label struct{ Key, Value Said[string] }

// Position in a file, from 1; Column counts characters. The zero value is unknown.
type Position struct{ Line, Column int }

// Problem is one thing that is wrong with a manifest. Got is a stranger's text.
type Problem struct {
	Position
	Got   string // as it stands in the file; "" where there is nothing to quote
	Fault string // a clause about it: "it is no list"
	Takes string // what would be right; "" where Fault says enough
	Hint  string // the next step
}
