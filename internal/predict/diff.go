package predict

// ChangeKind is what happens to an operation or example.
type ChangeKind string

// Kinds of change.
const (
	Added   ChangeKind = "added"
	Removed ChangeKind = "removed"
	Changed ChangeKind = "changed"
)

// Change is one difference between what a server serves and what it would
// serve after an import.
type Change struct {
	Kind ChangeKind `json:"kind"`
	// Operation is its name.
	Operation string `json:"operation"`
	// Example is its name; empty when the operation itself changes.
	Example string `json:"example,omitempty"`
	// Fields that differ, for a changed one: "dispatcher", "rules", "status", …
	Fields []string `json:"fields,omitempty"`
	// Breaking is set when consumers may lose something that they use.
	Breaking bool `json:"breaking"`
}
