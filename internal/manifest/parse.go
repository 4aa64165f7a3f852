package manifest

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/text"
	"postman-microcks-importer/internal/yamltree"
)

// longestText is the length in runes of the longest text.
const longestText = 1000

// Parse reads a manifest, and tells all that is wrong with it, in the order of the
// file. inputs are the names of the action's inputs: what is no key of a manifest is
// policy. Beside problems the manifest is what could be read. What it costs is bounded, and
// counted by meter, where that is not nil.
func Parse(meter *budget.Meter, raw []byte, inputs []string) (*Manifest, []Problem) {
	p := &parser{inputs: inputs}
	m := &Manifest{}
	if len(raw) > MostBytes {
		p.problems = []Problem{{
			Fault: fmt.Sprintf("it has more than %d MB", MostBytes>>20), Hint: "split it into several manifests, one for each step or job",
		}}
		return m, p.problems
	}
	document, fault := (&yamltree.Reader{Meter: meter, Most: mostValues}).Read(raw)
	if fault != nil {
		return m, []Problem{unread(fault)}
	}
	p.document = document
	p.manifest(document.Root, m)
	sort.SliceStable(p.problems, func(i, k int) bool { return p.problems[i].Line < p.problems[k].Line })
	return m, p.problems
}

// parser turns nodes into a manifest.
type parser struct {
	inputs   []string
	document *yamltree.Document
	problems []Problem
	meant    []string // keys that unknown ones most likely mean
}

// unread is a text that is no YAML document.
func unread(f *yamltree.Fault) Problem {
	p := Problem{Position: Position{f.Line, f.Column}}
	switch f.Kind {
	case yamltree.NotYAML:
		p.Fault = "it is not YAML, here or just before: " + string(f.Said)
		p.Hint = "correct this line or the one before: an editor that knows YAML shows what is wrong"
	case yamltree.NotClosed:
		p.Fault, p.Hint = "a quote begins here and does not end", "close the quote"
	case yamltree.NotUTF8:
		p.Fault, p.Hint = "a byte here is not UTF-8", "save the file as UTF-8"
	case yamltree.NotCheckedOut:
		p.Fault = "it is the pointer of a file in Git LFS, not the file"
		p.Hint = yamltree.CheckOut
	case yamltree.Conflict:
		p.Fault, p.Hint = "it has an unsolved merge conflict", "solve the conflict, and commit the result"
	case yamltree.SeveralDocuments:
		p.Fault, p.Hint = "a second document begins here", "remove the line ---, and keep one list of collections"
	case yamltree.Directive:
		p.Fault, p.Hint = "it has a directive", "remove the line that begins with %"
	case yamltree.ReturnAlone:
		p.Fault, p.Hint = "a line ends with a carriage return alone", "save the file with line feeds at the ends of its lines, as git does"
	case yamltree.TooManyValues:
		p.Fault, p.Hint = "it has too many values", "split it into several manifests, one for each step or job"
	}
	return p
}

func (p *parser) full() bool { return len(p.problems) >= MostProblems }

func (p *parser) report(n *yaml.Node, problem Problem) {
	if p.full() {
		return
	}
	problem.Position = at(n)
	p.problems = append(p.problems, problem)
}

func at(n *yaml.Node) Position { return Position{n.Line, n.Column} }

// manifest reads the root.
func (p *parser) manifest(root *yaml.Node, m *Manifest) {
	const hint = "write it as collections: and below that one line `- UID` for each"
	switch {
	case root == nil || root.Kind == yaml.ScalarNode && yamltree.ScalarOf(root) == yamltree.Null:
		p.problems = append(p.problems, Problem{Fault: "it is empty", Hint: hint})
		return
	case !p.plain(root):
		return
	case root.Kind != yaml.MappingNode:
		p.report(root, Problem{Fault: "it is no map", Takes: "a map with the key collections", Hint: hint})
		return
	}
	listed := false
	p.members(root, atTop, func(k *key, value *yaml.Node) {
		switch k.shape {
		case entries:
			listed = true
			p.entries(k, value, m)
		case aMap:
			if p.plain(value) && p.is(k, value, yaml.MappingNode) {
				p.describe(value, inDefaults, &m.Defaults)
			}
		default:
			m.Key = p.text(k, value)
		}
	})
	if !listed && !slices.Contains(p.meant, "collections") {
		p.report(root, Problem{Fault: "it has no key collections", Hint: hint})
	}
}

// entries reads the list of collections.
func (p *parser) entries(k *key, list *yaml.Node, m *Manifest) {
	if !p.plain(list) || !p.is(k, list, yaml.SequenceNode) {
		return
	}
	for n, e := range list.Content {
		switch {
		case p.full():
			return
		case n == MostEntries:
			p.report(e, Problem{
				Fault: fmt.Sprintf("it is entry %d of at most %d", n+1, MostEntries),
				Hint:  "split it into several manifests, one for each step or job; a workspace is one entry",
			})
			return
		case !p.plain(e):
			continue
		}
		entry := Entry{Position: at(e)}
		switch e.Kind {
		case yaml.MappingNode:
			p.entry(e, &entry)
		case yaml.SequenceNode:
			p.report(e, Problem{
				Fault: "it is a list in the list of collections", Takes: "a text or a map as each entry",
				Hint: "put each collection on a line of its own, behind one dash",
			})
		default:
			k, _ := keyOf("collection", ofCollection)
			entry.Collection = p.text(k, e)
		}
		m.Entries = append(m.Entries, entry)
	}
}

// entry reads one that is a map.
func (p *parser) entry(n *yaml.Node, e *Entry) {
	told, where := len(p.problems), place(0)
	for i := 0; i+1 < len(n.Content); i += 2 {
		switch n.Content[i].Value {
		case "collection":
			where |= ofCollection
		case "workspace":
			where |= ofWorkspace
		}
	}
	switch where {
	case ofCollection | ofWorkspace:
		p.report(n, Problem{
			Fault: "it has both collection and workspace", Takes: "one of the two in an entry",
			Hint: "make two entries of it: what a collection's own entry says wins over its workspace's",
		})
	case 0:
		p.describe(n, inEntry, e)
		if len(p.problems) == told {
			p.report(n, Problem{
				Fault: "it names no collection", Takes: "collection or workspace in each entry",
				Hint: "add the line collection: with a uid, a link or a path; what holds for all entries stands in defaults",
			})
		}
		return
	}
	p.describe(n, where, e)
}

// describe reads what an entry, or the defaults, say.
func (p *parser) describe(n *yaml.Node, where place, e *Entry) {
	p.members(n, where, func(k *key, value *yaml.Node) {
		switch field := k.field(e).(type) {
		case **Said[string]:
			*field = p.text(k, value)
		case **Said[bool]:
			*field = p.boolean(k, value)
		case *[]Said[string]:
			*field = p.texts(k, value)
		case *[]Label:
			*field = p.labels(k, value)
		}
	})
}

// members yields those of a map whose keys may stand there.
func (p *parser) members(n *yaml.Node, where place, yield func(k *key, value *yaml.Node)) {
	p.pairs(n, func(name, value *yaml.Node) {
		if k, known := keyOf(name.Value, where); known {
			yield(k, value)
			return
		}
		p.unknown(name, where)
	})
}

// pairs yields the members of a map, each key once.
func (p *parser) pairs(n *yaml.Node, yield func(name, value *yaml.Node)) {
	seen := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		if p.full() {
			return
		}
		if !p.plain(name) {
			continue
		}
		if wrong := p.wrongName(name, seen); wrong.Fault != "" {
			p.report(name, wrong)
			continue
		}
		seen[name.Value] = name.Line
		yield(name, value)
	}
}

// wrongName is what is wrong with a key, beside those of lines that were there before.
func (p *parser) wrongName(name *yaml.Node, seen map[string]int) Problem {
	line, twice := seen[name.Value]
	switch {
	case name.Kind != yaml.ScalarNode:
		return Problem{
			Fault: "a key is a list or a map", Takes: "texts as keys", Hint: "write the key as a text, and its value behind a colon",
		}
	case strings.TrimSpace(name.Value) == "":
		return Problem{Fault: "a key is empty", Hint: "write a key before the colon, or remove the line"}
	case name.Value == "<<" && name.Style == 0:
		return Problem{
			Got: name.Value, Fault: "it merges another map, which YAML 1.2 has no more", Hint: "write what several entries share in defaults",
		}
	case twice:
		return Problem{
			Got: p.document.Text(name), Fault: fmt.Sprintf("the key is in line %d already", line), Takes: "each key once",
			Hint: "remove one of the two",
		}
	}
	return Problem{}
}

// unknown reports a key that cannot stand here.
func (p *parser) unknown(name *yaml.Node, where place) {
	names := namesAt(where)
	problem := Problem{Got: p.document.Text(name), Fault: "the key is unknown here", Takes: strings.Join(names, ", ")}
	near, close := text.Nearest(problem.Got, names)
	elsewhere, misplaced := keyOf(name.Value, ^place(0))
	switch {
	case misplaced:
		problem.Fault = "the key belongs elsewhere"
		problem.Hint = "write it in " + belongs(elsewhere.places)
	case slices.Contains(p.inputs, name.Value):
		problem.Fault, problem.Takes = "it is policy, which a manifest does not say: whoever opens a pull request can change a manifest", ""
		problem.Hint = "set the input " + name.Value + " in the workflow"
	case close:
		p.meant = append(p.meant, near)
		problem.Hint = fmt.Sprintf("did you mean %s?", near)
	default:
		problem.Hint = "remove it, or write one of those keys"
	}
	p.report(name, problem)
}

// belongs is where a key may stand, in words.
func belongs(at place) string {
	switch {
	case at&atTop != 0:
		return "the manifest itself, at the beginning of a line"
	case at&inDefaults != 0:
		return "an entry, or in defaults"
	case at&ofCollection != 0:
		return "an entry that has collection"
	}
	return "an entry that has workspace"
}

// plain reports whether a node is written as what it is: no alias, and no tag.
func (p *parser) plain(n *yaml.Node) bool {
	switch {
	case n.Kind == yaml.AliasNode:
		p.report(n, Problem{Got: "*" + n.Value, Fault: "it is an alias", Hint: "write the value here, or what several entries share in defaults"})
		return false
	case n.Style&yaml.TaggedStyle != 0 && n.Tag != "!!str":
		p.report(n, Problem{Got: n.Tag, Fault: "it is a tag", Hint: "remove the tag, and write the value alone"})
		return false
	}
	return true
}

// is reports whether a node is a list or a map, as its key takes.
func (p *parser) is(k *key, n *yaml.Node, kind yaml.Kind) bool {
	if n.Kind == kind {
		return true
	}
	problem := Problem{
		Fault: k.name + " has no value", Takes: k.takes(), Hint: "write it for example as " + k.example + ", or remove the line",
	}
	if n.Kind != yaml.ScalarNode || yamltree.ScalarOf(n) != yamltree.Null {
		problem.Fault, problem.Takes = k.name+" is not "+words[k.shape], ""
	}
	if n.Kind == yaml.ScalarNode {
		problem.Got = p.document.Text(n)
	}
	p.report(n, problem)
	return false
}

// text reads one; nil where it is none.
func (p *parser) text(k *key, n *yaml.Node) *Said[string] {
	if !p.plain(n) {
		return nil
	}
	problem := Problem{Takes: k.takes(), Hint: "write it for example as " + k.example}
	if n.Kind != yaml.ScalarNode {
		problem.Fault = k.name + " is a list or a map"
		p.report(n, problem)
		return nil
	}
	value := p.document.Text(n)
	problem.Got = value
	switch scalar := yamltree.ScalarOf(n); {
	case scalar == yamltree.Null, strings.TrimSpace(value) == "":
		problem.Got, problem.Fault = "", k.name+" has no value"
		problem.Hint += ", or remove the line"
	case scalar == yamltree.Number:
		problem.Fault, problem.Takes = "it is a number to YAML, in which 1.10 is 1.1", ""
		problem.Hint = fmt.Sprintf(`write it within quotes: "%s"`, n.Value)
	case scalar == yamltree.Bool:
		problem.Fault, problem.Takes = "it is true or false to YAML", ""
		problem.Hint = fmt.Sprintf(`write it within quotes: "%s"`, n.Value)
	case !visible(value):
		problem.Fault, problem.Takes = "it has a line break, or a character that cannot be seen", "text of one line"
		problem.Hint = "type the value anew, on one line"
	case utf8.RuneCountInString(value) > longestText:
		problem.Fault, problem.Takes = fmt.Sprintf("it has more than %d characters", longestText), ""
		problem.Hint = "shorten it"
	case k.allowed != nil && !slices.Contains(k.allowed, value):
		problem.Fault = k.name + " is something else"
		if near, ok := text.Nearest(value, k.allowed); ok {
			problem.Hint = fmt.Sprintf("did you mean %s: %s?", k.name, near)
		}
		if value == "none" {
			problem.Fault = "an entry can ask for more than the workflow does, never for less"
			problem.Hint = "remove it; what holds for all is the input " + k.name + " of the workflow"
		}
	default:
		return &Said[string]{strings.TrimSpace(value), at(n)}
	}
	p.report(n, problem)
	return nil
}

// visible reports whether a text is one line, each character of which shows something or
// is a space.
func visible(s string) bool {
	spaced := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Zs, r) {
			return ' '
		}
		return r
	}, s)
	return text.Line(spaced) == spaced
}

// boolean reads true or false; nil where it is neither.
func (p *parser) boolean(k *key, n *yaml.Node) *Said[bool] {
	if !p.plain(n) {
		return nil
	}
	if n.Kind == yaml.ScalarNode && yamltree.ScalarOf(n) == yamltree.Bool {
		return &Said[bool]{strings.EqualFold(n.Value, "true"), at(n)}
	}
	problem := Problem{Fault: k.name + " is neither true nor false", Hint: fmt.Sprintf("write it as %[1]s: true or %[1]s: false", k.name)}
	if n.Kind == yaml.ScalarNode {
		problem.Got = p.document.Text(n)
		switch strings.ToLower(problem.Got) {
		case "true", "yes", "y", "on", "1":
			problem.Hint = fmt.Sprintf("write it as %s: true, without quotes", k.name)
		case "false", "no", "n", "off", "0":
			problem.Hint = fmt.Sprintf("write it as %s: false, without quotes", k.name)
		}
	}
	p.report(n, problem)
	return nil
}

func (p *parser) texts(k *key, n *yaml.Node) (all []Said[string]) {
	if !p.plain(n) || !p.is(k, n, yaml.SequenceNode) {
		return nil
	}
	one := *k
	one.shape = aText
	for _, e := range n.Content {
		if said := p.text(&one, e); said != nil {
			all = append(all, *said)
		}
	}
	return all
}

func (p *parser) labels(k *key, n *yaml.Node) (all []Label) {
	if !p.plain(n) || !p.is(k, n, yaml.MappingNode) {
		return nil
	}
	p.pairs(n, func(name, value *yaml.Node) {
		one := key{name: "the label " + text.Cut(text.Line(name.Value), shownName), shape: aText, example: k.example}
		if !p.plain(value) {
			return
		}
		if value.Kind == yaml.ScalarNode && value.Style != 0 && value.Value == "" { // a label may have no value, where that is said
			all = append(all, Label{Said[string]{p.document.Text(name), at(name)}, Said[string]{"", at(value)}})
			return
		}
		if said := p.text(&one, value); said != nil {
			all = append(all, Label{Said[string]{p.document.Text(name), at(name)}, *said})
		}
	})
	return all
}

const shownName = 40 // runes
