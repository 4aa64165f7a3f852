package gitformat

import (
	"fmt"

	"postman-microcks-importer/internal/text"
	"postman-microcks-importer/internal/yamltree"
)

// BrokenError says why a folder makes no collection: every file that is broken, by its
// first fault, or the bound that the folder is beyond.
type BrokenError struct {
	// Faults in the order of the files, at most 20.
	Faults []Fault
	// Count of all of them.
	Count int
}

const mostFaults = 20

func (e *BrokenError) Error() string {
	s := "the folder makes no collection: " + e.Faults[0].String()
	if e.Count > 1 {
		s += fmt.Sprintf(" (and %s more)", text.Plural(e.Count-1, "file"))
	}
	return s
}

func (e *BrokenError) add(f Fault) {
	if e.Count++; e.Count <= mostFaults {
		e.Faults = append(e.Faults, f)
	}
}

// Fault is why a file cannot be read.
type Fault struct {
	Kind     FaultKind
	Position Position
	// Value is the name, tag or path that it is about, or the reader's own words
	// ([NotYAML]).
	Value text.Untrusted
}

// FaultKind is a kind of [Fault].
type FaultKind int

// Kinds of faults, the first of which are the reader's.
const (
	NotYAML          = FaultKind(yamltree.NotYAML)
	NotClosed        = FaultKind(yamltree.NotClosed)
	NotUTF8          = FaultKind(yamltree.NotUTF8)
	NotCheckedOut    = FaultKind(yamltree.NotCheckedOut)
	Conflict         = FaultKind(yamltree.Conflict)
	SeveralDocuments = FaultKind(yamltree.SeveralDocuments)
	Directive        = FaultKind(yamltree.Directive)
	TooManyValues    = FaultKind(yamltree.TooManyValues) // than MostValues in a file, aliases included
	ReturnAlone      = FaultKind(yamltree.ReturnAlone)
)

// Kinds of faults of what is YAML.
const (
	NotMap       = FaultKind(yamltree.Kinds) + iota // the file is no map
	KeyTwice                                        // a map has a key twice
	KeyNotText                                      // the key of a member is a list or a map
	MergeKey                                        // <<, which YAML 1.2 has no more
	Tagged                                          // a value with a tag other than !!str
	TooDeep                                         // more than MostDepth values, or folders, in each other
	TooMuchText                                     // more than MostText in all files, aliases included
	TooLarge                                        // more than MostBytes in all files
	TooManyFiles                                    // more than MostFiles
	PathOutside                                     // a path that does not lead into the folder
	PathTwice                                       // a path that was there before
	NameTwice                                       // a file says by its name what another one does, whose path is Value
	Nameless                                        // the folder has no name, and the collection none of its own
)

// faults are kinds in words, which go on with the value.
var faults = [...]string{
	NotYAML: "is not YAML", NotClosed: "has a quote that does not end", NotUTF8: "is not UTF-8",
	NotCheckedOut: "is the pointer of a file in Git LFS, not the file", Conflict: "has an unsolved merge conflict",
	NotMap: "is no map", SeveralDocuments: "has a second document", Directive: "has a directive",
	KeyTwice: "has a key twice in one map", KeyNotText: "has a key that is no text", MergeKey: "has a merge key",
	Tagged: "has a tag", TooDeep: "is nested too deep", TooManyValues: "has too many values",
	TooLarge: "is beyond the 16 MB that a folder may have", TooManyFiles: "is one file too many",
	PathOutside: "leads out of the folder", PathTwice: "is there twice",
	TooMuchText: "has aliases with which the folder makes more than 32 MB of text", NameTwice: "is by its name the same as another file",
	ReturnAlone: "has a line that ends with a carriage return alone",
	Nameless:    "says no name, and the folder has none that is its own",
}

// String is the fault in words, with its place.
func (f Fault) String() string {
	p := f.Position
	s := fmt.Sprintf("%q", string(p.File))
	if p.Line > 0 {
		s += fmt.Sprintf(", line %d", p.Line)
	}
	if p.Column > 0 {
		s += fmt.Sprintf(", column %d", p.Column)
	}
	if s += " " + faults[f.Kind]; f.Value != "" {
		s += fmt.Sprintf(": %q", string(text.Cut(f.Value, mostShown)))
	}
	return s
}

const mostShown = 200 // runes

// Next is what whoever wants the folder read does next.
func (f Fault) Next() string {
	switch f.Kind {
	case NotCheckedOut:
		return yamltree.CheckOut
	case Conflict:
		return "solve the conflict (git status names the files), and commit the result"
	case TooDeep, TooManyValues, TooMuchText, TooLarge, TooManyFiles:
		return "split the collection, and look for what no person wrote in it"
	case PathOutside, PathTwice:
		return "give the file another name"
	case NameTwice:
		return "remove one of the two, which end in .yaml and in .yml, or differ in capitals"
	case ReturnAlone:
		return "save the file with line feeds at the ends of its lines, as git and Postman do"
	case Nameless:
		return "write `name: …` into .resources/definition.yaml"
	case Directive, MergeKey, Tagged, KeyNotText:
		return "write it as Postman does: maps, lists and texts alone"
	}
	return "correct this line, or save the collection in Postman once more and commit what it writes"
}

// Finding is something that a person should know of a folder that makes a collection.
type Finding struct {
	Kind     FindingKind
	Position Position
	Value    text.Untrusted // see the kind; at most 200 characters
}

// OfOtherProtocol reports whether the finding is about a part that Postman knows, of a
// protocol that is not made into mocks.
func (f *Finding) OfOtherProtocol() bool { _, known := About(string(f.Value)); return known }

// FindingKind is a kind of [Finding].
type FindingKind int

// Kinds of findings.
const (
	// OtherKind: a file says a $kind that makes no part of a v2.1 collection; Value is
	// the kind. It is left out, but for a folder's definition.
	OtherKind FindingKind = iota
	// NoKind: a file says no $kind. It is taken for what its name says, unless it is
	// empty; Postman passes it over. Value is the type that a request says instead, as
	// it did before there was a $kind.
	NoKind
	// Misplaced: a file stands below .resources and is neither a definition nor an
	// example where examples stand. It is left out; Value is the kind that it says.
	Misplaced
	// ExampleAlone: an example belongs to no request. It is left out.
	ExampleAlone
	// NoExamples: a request names a folder of examples, Value, in which there is none.
	NoExamples
	// Lacks: a request has no url, or an example no response; Value is the member.
	Lacks
	// NotText: a value should be a text and is a number, true or false; Value is the
	// value. It is taken as written; Postman passes such a file over.
	NotText
	// NotNumber: order or statusCode is no number; Value is the member. It is left out.
	NotNumber
	// OtherForm: a member has a form that it has not in the format (a list, a map, a
	// text), Value is the member. It is left out.
	OtherForm
	// OtherBody: the type of a body, Value, is unknown. A text is sent as it is,
	// anything else left out.
	OtherBody
	// Hidden: a folder's name, Value, begins with a dot. What is in it is taken, as
	// Postman takes it.
	Hidden
)
