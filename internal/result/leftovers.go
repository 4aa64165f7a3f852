package result

import (
	"slices"

	"postman-microcks-importer/internal/text"
)

// Leftovers are what runs with a manifest made of sources that it lists no more.
type Leftovers struct {
	Manifest text.Untrusted `json:"manifest"` // its key
	// Owned is how many importers and uploaded services carry that key.
	Owned int `json:"owned"`
	// Prune: the run was asked to remove them.
	Prune bool `json:"prune"`
	// Held: something stands in the way of all of it, which is told among the problems.
	Held    bool       `json:"held,omitempty"`
	Removed int        `json:"removed"` // of them, by this run
	Polls   Polls      `json:"polls"`   // of all of them
	List    []Leftover `json:"list"`
	More    int        `json:"more,omitempty"` // not listed
}

// Polls are the calls to Postman that Microcks makes in a month of 31 days by its own
// schedule: one in each of 12 scans a day, and a second where the answer has no ETag or
// a new one.
type Polls struct {
	Least int `json:"least"`
	Most  int `json:"most"`
}

// Leftover is an importer, or a service that was uploaded, whose source is gone.
type Leftover struct {
	Kind    LeftoverKind   `json:"kind"`
	ID      string         `json:"id"`
	Name    text.Untrusted `json:"name"`
	Version text.Untrusted `json:"version,omitempty"` // of a service
	URL     string         `json:"url"`               // page of Microcks that shows it
	// Source is the uid of its collection, or for a file the name that its uploads have.
	Source text.Untrusted `json:"source"`
	// File or folder that was uploaded last; empty where that is not known.
	File     text.Untrusted   `json:"file,omitempty"`
	Active   bool             `json:"active"` // Microcks pulls it on its schedule
	Polls    Polls            `json:"polls"`
	Decision LeftoverDecision `json:"decision"`
	Kept     KeptKind         `json:"kept,omitempty"` // why it stays; empty where it goes
	By       text.Untrusted   `json:"by,omitempty"`   // who or what keeps it, where that is one
	Services []LeftService    `json:"services,omitempty"`
	Done     []Done           `json:"done,omitempty"`
}

// LeftService is a service that the importer of a leftover made.
type LeftService struct {
	ID      string         `json:"id"`
	Name    text.Untrusted `json:"name"`
	Version text.Untrusted `json:"version"`
	Kept    KeptKind       `json:"kept,omitempty"` // empty where it goes with its importer
	By      text.Untrusted `json:"by,omitempty"`
}

// LeftoverKind is what is left over.
type LeftoverKind string

// Kinds of leftovers.
const (
	LeftoverImporter LeftoverKind = "importer"
	LeftoverService  LeftoverKind = "service" // that was uploaded
)

// LeftoverDecision is what becomes of a leftover.
type LeftoverDecision string

// Decisions.
const (
	LeftoverKept     LeftoverDecision = "kept"
	LeftoverToRemove LeftoverDecision = "remove"  // by an apply
	LeftoverRemoved  LeftoverDecision = "removed" // by this run, or by somebody before it came to it
	LeftoverFailed   LeftoverDecision = "failed"
	LeftoverLeft     LeftoverDecision = "not-reached"
)

// KeptKind is why something of a source that is gone stays.
type KeptKind string

// Reasons to keep.
const (
	KeptNotAsked   KeptKind = "not-asked"   // `prune` is not set
	KeptHeld       KeptKind = "held"        // nothing is removed in this run
	KeptLater      KeptKind = "later-run"   // a later run wrote it
	KeptInPostman  KeptKind = "in-postman"  // Postman has the collection still
	KeptOtherURL   KeptKind = "other-url"   // the importer's URL names no collection of Postman's by its uid
	KeptPredicted  KeptKind = "predicted"   // a collection of this run makes the service
	KeptFed        KeptKind = "fed"         // another importer is bound to the service, or reads its collection
	KeptOther      KeptKind = "other"       // another artifact made the service, or added examples to it
	KeptElsewhere  KeptKind = "elsewhere"   // the labels of the service name another owner, or another manifest
	KeptNoRemoving KeptKind = "no-removing" // services of importers stay, without `allow: remove-services`
	KeptChanged    KeptKind = "changed"     // somebody changed its labels, or what it holds, during the run
)

// Of is what a person calls the source.
func (l *Leftover) Of() text.Untrusted {
	if l.File != "" {
		return l.File
	}
	return l.Source
}

// Clone has a list of its own.
func (l *Leftovers) Clone() *Leftovers {
	if l == nil {
		return nil
	}
	own := *l
	own.List = slices.Clone(l.List)
	return &own
}

// Due is how many leftovers are to be removed.
func (l *Leftovers) Due() (n int) {
	if l == nil {
		return 0
	}
	for i := range l.List {
		if l.List[i].Decision == LeftoverToRemove {
			n++
		}
	}
	return n
}

// Count is how many leftovers there are, listed or not.
func (l *Leftovers) Count() int {
	if l == nil {
		return 0
	}
	return len(l.List) + l.More
}

// End says of what a run was to remove and did not come to that it was not reached.
func (l *Leftovers) End() {
	if l == nil {
		return
	}
	for i := range l.List {
		if one := &l.List[i]; one.Decision == LeftoverToRemove {
			one.Decision = LeftoverLeft
		}
	}
}

// Pruned is how many leftovers the run removed.
func (l *Leftovers) Pruned() int {
	if l == nil {
		return 0
	}
	return l.Removed
}
