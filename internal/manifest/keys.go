package manifest

import (
	"slices"
	"strings"
)

// shape is what the value of a key looks like.
type shape int

const (
	aText   shape = iota
	aBool         // true or false
	texts         // a list of texts
	labels        // a map of texts
	entries       // a list of entries
	aMap          // of keys of entries
)

// words are shapes as a person reads them.
var words = [...]string{
	aText: "a text", aBool: "true or false", texts: "a list of texts", labels: "a map of texts", entries: "a list", aMap: "a map",
}

// place is where a key may stand.
type place int

const (
	atTop place = 1 << iota
	inDefaults
	ofCollection // an entry with `collection`
	ofWorkspace  // an entry with `workspace`

	inEntry     = ofCollection | ofWorkspace
	ofImporters = inEntry | inDefaults
)

// key is one row of the table.
type key struct {
	name    string
	shape   shape
	allowed []string // of a text: every value there is; nil for any
	places  place
	about   string // Markdown, for the schema
	example string // as it is written in a manifest
	// field is where an entry keeps it: **Said[string], **Said[bool], *[]Said[string]
	// or *[]Label; nil for what no entry has.
	field func(*Entry) any
	// inAPISource is the field of an APISource's importer that says the same; "" for none.
	inAPISource string
}

// keys is the table, in the order in which a manifest is written. What a manifest
// takes, what is said of one that is wrong, what is written, and the schema follow
// from it.
var keys = []key{
	{
		name: "key", shape: aText, places: atTop, example: "key: payments",
		about: "What importers and services of this manifest are labelled with, so that the file can be renamed. Without it, the file's path.",
	},
	{
		name: "defaults", shape: aMap, places: atTop, example: "defaults: {active: false}",
		about: "What holds for each entry, unless the entry or the workflow says otherwise.",
	},
	{
		name: "collections", shape: entries, places: atTop, example: "collections: [12345678-12ece9e1-2abf-4edc-8e34-de66e74114d2]",
		about: "The collections: each a text that the input `collections` takes, or a map that also describes it.",
	},
	{
		name: "collection", shape: aText, places: ofCollection, example: "collection: 12345678-12ece9e1-2abf-4edc-8e34-de66e74114d2",
		about: "A collection: whatever a line of the input `collections` takes, such as a uid, a link, a file or folder, a pattern.",
		field: func(e *Entry) any { return &e.Collection },
	},
	{
		name: "workspace", shape: aText, places: ofWorkspace, example: "workspace: 2f0d6c3a-6a0e-4d2a-8f2e-0b6f0f0c9d11",
		about: "A Postman workspace, by its id or link: each collection in it.",
		field: func(e *Entry) any { return &e.Workspace },
	},
	{
		name: "include", shape: texts, places: ofWorkspace, example: `include: ["Payments *"]`,
		about: "Patterns on the names of a workspace's collections: those that match one are taken.",
		field: func(e *Entry) any { return &e.Include },
	},
	{
		name: "exclude", shape: texts, places: ofWorkspace, example: `exclude: ["* (draft)"]`,
		about: "Patterns on the names of a workspace's collections: those that match one are left out.",
		field: func(e *Entry) any { return &e.Exclude },
	},
	{
		name: "forks", shape: aBool, places: ofWorkspace, example: "forks: true",
		about: "Whether forks of a workspace are taken, too.",
		field: func(e *Entry) any { return &e.Forks },
	},
	{
		name: "importer-name", shape: aText, places: ofCollection, example: "importer-name: Pet Store (Postman)",
		about: "The importer's name.",
		field: func(e *Entry) any { return &e.ImporterName }, inAPISource: "name",
	},
	{
		name: "main-artifact", shape: aBool, places: ofImporters, example: "main-artifact: false",
		about: "Whether the collection is the main artifact of its service, or a secondary one that adds examples.",
		field: func(e *Entry) any { return &e.MainArtifact }, inAPISource: "mainArtifact",
	},
	{
		name: "active", shape: aBool, places: ofImporters, example: "active: false",
		about: "Whether Microcks keeps pulling the collection on its schedule.",
		field: func(e *Entry) any { return &e.Active }, inAPISource: "active",
	},
	{
		name: "labels", shape: labels, places: ofImporters, example: "labels: {team: web}",
		about: "Labels for the importer and for the service that it makes.",
		field: func(e *Entry) any { return &e.Labels }, inAPISource: "labels",
	},
	{
		name: "delivery", shape: aText, allowed: []string{"importer", "upload"}, places: ofImporters, example: "delivery: upload",
		about: "How the collection gets to Microcks.",
		field: func(e *Entry) any { return &e.Delivery },
	},
	{
		name: "service-version", shape: aText, places: ofImporters, example: `service-version: "2.1.0"`,
		about: "The version of the service, for a collection that gives none.",
		field: func(e *Entry) any { return &e.ServiceVersion },
	},
	{
		name: "verify", shape: aText, allowed: []string{"service", "mocks"}, places: ofImporters, example: "verify: mocks",
		about: "What to check beyond what the workflow asks for.",
		field: func(e *Entry) any { return &e.Verify },
	},
}

// namesAt are the keys that may stand at any of the places.
func namesAt(p place) (names []string) {
	for _, k := range keys {
		if k.places&p != 0 {
			names = append(names, k.name)
		}
	}
	return names
}

func keyOf(name string, p place) (*key, bool) {
	i := slices.IndexFunc(keys, func(k key) bool { return k.name == name && k.places&p != 0 })
	if i < 0 {
		return nil, false
	}
	return &keys[i], true
}

// takes is what a key takes, in words.
func (k *key) takes() string {
	if len(k.allowed) > 0 {
		return strings.Join(k.allowed, " or ")
	}
	return words[k.shape]
}
