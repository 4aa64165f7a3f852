package gitformat

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/text"
)

// resources is the folder beside requests in which definition and examples stand.
const resources = ".resources"

// Belongs reports whether a file is read, by its path. Postman knows its files by the
// ends of their names, whatever their case.
func Belongs(name string) bool {
	_, role := roleOf(path.Base(name))
	return role > unknown || role == unknown && in(resources, name)
}

// role is what a file is by its name.
type role int

const (
	notYAML role = iota
	unknown
	definition
	request
	example
)

// roleOf is the role of a file, and its name without what tells the role.
func roleOf(base string) (stem string, r role) {
	base, yaml := withoutEnd(base, ".yaml")
	if !yaml {
		base, yaml = withoutEnd(base, ".yml")
	}
	if !yaml {
		return "", notYAML
	}
	if strings.EqualFold(base, "definition") {
		return "", definition
	}
	if stem, is := withoutEnd(base, ".request"); is {
		return stem, request
	}
	if stem, is := withoutEnd(base, ".example"); is {
		return stem, example
	}
	return "", unknown
}

// withoutEnd cuts off an end in whatever case it is.
func withoutEnd(name, end string) (string, bool) {
	if i := len(name) - len(end); i >= 0 && strings.EqualFold(name[i:], end) {
		return name[:i], true
	}
	return name, false
}

// canonical is the path that stands for all files which say the same by their names.
func canonical(name string) string {
	stem, role := roleOf(path.Base(name))
	if role <= unknown {
		return name
	}
	return path.Dir(name) + "\x00" + strconv.Itoa(int(role)) + stem
}

// in reports whether a path leads through a folder of this name.
func in(folder, name string) bool { return strings.Contains("/"+path.Dir(name)+"/", "/"+folder+"/") }

// tree is a folder whose files come one by one.
type tree struct {
	meter    *budget.Meter
	source   source
	reader   reader
	paths    map[string]string // by [canonical]
	root     *folder
	examples map[string][]part // by the folder that they stand in
	broken   BrokenError
	findings []Finding
	out      *writer
}

// folder is one of requests and folders.
type folder struct {
	part
	tail    fragment // what follows the items
	defined bool
	folders map[string]*folder
	items   []*item
}

// part is what one file makes, or the folder with its definition.
type part struct {
	fragment
	at    int // in the source
	order float64
	name  string
	path  string // of the file or folder
}

// item is a request that may get examples.
type item struct {
	part
	stem     string
	examples string // the path that it names, "" for none
	named    int    // where it names it
}

func newTree(m *budget.Meter, name string) *tree {
	root := &folder{part: part{name: name, path: "."}, folders: map[string]*folder{}}
	return &tree{
		meter: m, reader: *newReader(m), paths: map[string]string{}, root: root, examples: map[string][]part{},
		out: &writer{meter: m},
	}
}

// add reads a file. It reports false where the folder is beyond a bound.
func (t *tree) add(name string, raw []byte) bool {
	t.meter.Memory(bytesOfFile + 2*len(name) + len(raw))
	whole := func(k FaultKind) { t.broken.add(Fault{Kind: k, Position: Position{File: text.Untrusted(name)}}) }
	key := canonical(name)
	switch there := t.paths[key]; {
	case len(t.source.raw)+len(raw) > MostBytes:
		whole(TooLarge)
		return false
	case len(t.paths) == MostFiles:
		whole(TooManyFiles)
		return false
	case !clean(name):
		whole(PathOutside)
		return true
	case there == name:
		whole(PathTwice)
		return true
	case there != "":
		fault := Fault{Kind: NameTwice, Position: Position{File: text.Untrusted(name)}}
		fault.Value = text.Cut(text.Untrusted(there), mostShown)
		t.broken.add(fault)
		return true
	case strings.Count(name, "/") > MostDepth:
		whole(TooDeep)
		return true
	}
	t.paths[key] = name
	start := t.source.add(name, raw)
	v, fault := t.reader.read(name, raw, start)
	if fault != nil {
		t.broken.add(*fault)
		return fault.Kind != TooMuchText
	}
	t.take(name, v)
	return true
}

// take makes a part of what stands in a file.
func (t *tree) take(name string, v *value) {
	dir := path.Dir(name)
	stem, role := roleOf(path.Base(name))
	below := in(resources, name)
	switch {
	case role == definition && path.Base(dir) == resources && !in(resources, dir):
		t.define(t.folder(path.Dir(dir)), v)
	case role == example:
		t.example(name, stem, v)
	case role == request && !below:
		t.request(name, stem, v)
	case below:
		t.find(Misplaced, v.at, v.textAt("$kind"))
	}
}

func (t *tree) find(k FindingKind, at int, about string) {
	if len(t.findings) == MostFindings {
		return
	}
	about = string(text.Cut(text.Untrusted(about), mostShown))
	t.meter.Memory(bytesOfFinding + len(about))
	t.findings = append(t.findings, Finding{k, t.source.position(at), text.Untrusted(strings.Clone(about))})
}

const bytesOfFinding = 80

// folder is the one at a path, with those that it is in.
func (t *tree) folder(at string) *folder {
	f := t.root
	if at == "." {
		return f
	}
	for i, name := range strings.Split(at, "/") {
		inner := f.folders[name]
		if inner == nil {
			t.meter.Memory(bytesOfFile + len(at))
			inner = &folder{folders: map[string]*folder{}}
			inner.name, inner.path = name, strings.Join(strings.Split(at, "/")[:i+1], "/")
			inner.at = t.source.files[len(t.source.files)-1].start
			f.folders[name] = inner
		}
		f = inner
	}
	return f
}

func (t *tree) converter() *converter { return &converter{&writer{meter: t.meter}, t.find} }

// kind is the $kind of a file; one that is not among those that are expected is found.
// Requests said `type: http` before there was a $kind, and Postman's own examples
// still do.
func (t *tree) kind(v *value, expected ...string) (kind string, known bool) {
	k := v.get("$kind")
	switch legacy := v.get("type"); {
	case k != nil && k.kind == isText:
		kind = k.text
	case legacy != nil && legacy.kind == isText:
		t.find(NoKind, legacy.at, legacy.text)
		k, kind = legacy, legacy.text+"-request"
	default:
		t.find(NoKind, v.at, "")
		return expected[0], len(v.members) > 0
	}
	if known = slices.Contains(expected, kind); !known {
		t.find(OtherKind, k.at, kind)
	}
	return kind, known
}

// begin reads what all parts have.
func (t *tree) begin(v *value, name, at string) part {
	p := part{at: v.at, name: name, path: at}
	if n := v.get("name"); n != nil && n.kind != isNull && n.kind != isList && n.kind != isMap {
		p.name = n.text
	}
	if o := v.get("order"); o != nil && o.kind != isNull {
		order, ok := o.number()
		if !ok {
			t.find(NotNumber, o.at, "order")
		}
		p.order = order
	}
	return p
}

// nameOf writes the name of a part, which may be that of its file.
func (c *converter) nameOf(o *object, v *value, name string) {
	if n := v.get("name"); n != nil && n.kind != isNull {
		if s, ok := c.textOf(n, "name"); ok {
			o.name(n.at, "name")
			c.text(n.at, s)
			return
		}
	}
	o.name(v.at, "name")
	c.quoted(name)
}

// define takes a folder's definition. Only that of the whole has a kind that says so:
// folders have one of their own, or none.
func (t *tree) define(f *folder, v *value) {
	if f == t.root {
		t.kind(v, "collection")
	}
	f.part, f.defined = t.begin(v, f.name, f.path), true
	t.embrace(f, v)
}

// embrace makes what is around the items of a folder, by its definition.
func (t *tree) embrace(f *folder, v *value) {
	head := t.converter()
	begin := head.object
	if !f.defined {
		begin = head.madeObject
	}
	o, id := begin(v.at), "id"
	if f == t.root {
		o.name(v.at, "info")
		o, id = begin(v.at), "_postman_id"
	}
	head.member(o, v, "id", id)
	head.nameOf(o, v, f.name)
	head.member(o, v, "description", "description")
	if f == t.root {
		o.made(v.at, "schema", schema)
		o.close()
	}
	f.fragment = head.fragment()
	tail := t.converter()
	o = &object{w: tail.writer, at: v.at, comma: ","}
	tail.auth(o, v.get("auth"))
	tail.events(o, v)
	tail.some(o, v, "variables", "variable")
	o.close()
	f.tail = tail.fragment()
}

const schema = `"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"`

// envelope is the member in which the Postman API serves a collection.
const envelope = "collection"

func (t *tree) request(name, stem string, v *value) {
	kind, known := t.kind(v, "http-request", "graphql-request")
	if !known {
		return
	}
	it := &item{part: t.begin(v, stem, name), stem: stem}
	c := t.converter()
	if examples := v.get("examples"); examples != nil && examples.kind != isNull {
		if s, ok := c.textOf(examples, "examples"); ok {
			it.examples, it.named = path.Join(path.Dir(name), s), examples.at
		}
	}
	if v.get("url") == nil {
		t.find(Lacks, v.at, "url")
	}
	o := c.object(v.at)
	c.nameOf(o, v, stem)
	c.member(o, v, "id", "id")
	c.events(o, v)
	if settings := v.get("settings"); settings != nil && settings.kind == isMap {
		o.name(settings.at, "protocolProfileBehavior")
		c.value(settings)
	}
	o.name(v.at, "request")
	c.request(v, kind == "graphql-request")
	o.made(v.at, "response", "[")
	it.fragment = c.fragment()
	f := t.folder(path.Dir(name))
	f.items = append(f.items, it)
}

func (t *tree) example(name, stem string, v *value) {
	if _, known := t.kind(v, "http-example", "graphql-example"); !known {
		return
	}
	p := t.begin(v, stem, name)
	c := t.converter()
	o := c.object(v.at)
	c.nameOf(o, v, stem)
	c.member(o, v, "id", "id")
	// Postman writes an empty address where an example has no request of its own.
	if request := v.get("request"); request != nil && request.kind == isMap && request.get("url") != nil && request.get("url").text != "" {
		o.name(request.at, "originalRequest")
		c.request(request, false)
	} else if request != nil && request.kind != isMap && request.kind != isNull {
		t.find(OtherForm, request.at, "request")
	}
	if response := v.get("response"); response == nil || response.kind == isNull {
		t.find(Lacks, v.at, "response")
	} else if response.kind != isMap {
		t.find(OtherForm, response.at, "response")
	} else {
		c.response(o, response)
	}
	o.close()
	p.fragment = c.fragment()
	dir := path.Dir(name)
	t.examples[dir] = append(t.examples[dir], p)
}

// assemble puts all parts together.
func (t *tree) assemble() {
	t.out.made(0, `{"`+envelope+`":`)
	t.write(t.root)
	t.out.made(t.root.at, "}")
	for _, alone := range t.examples {
		for _, e := range alone {
			t.find(ExampleAlone, e.at, "")
		}
	}
}

// write writes a folder with all that is in it.
func (t *tree) write(f *folder) {
	if !f.defined {
		t.embrace(f, &value{kind: isMap, at: f.at})
	}
	t.out.append(f.fragment)
	t.out.made(f.at, `,"item":[`)
	if base := path.Base(f.path); f != t.root && strings.HasPrefix(base, ".") {
		t.find(Hidden, f.at, base)
	}
	entries := make([]entry, 0, len(f.folders)+len(f.items))
	for _, inner := range f.folders {
		entries = append(entries, entry{inner.part, func() { t.write(inner) }})
	}
	for _, it := range f.items {
		entries = append(entries, entry{it.part, func() { t.writeItem(it) }})
	}
	slices.SortFunc(entries, func(a, b entry) int { return a.compare(b.part) })
	for i, e := range entries {
		if i > 0 {
			t.out.made(e.at, ",")
		}
		e.write()
	}
	t.out.made(f.at, "]")
	t.out.append(f.tail)
}

// entry is a folder or request among others.
type entry struct {
	part
	write func()
}

// compare orders parts as Postman does; what has the same name too, by its file.
func (p part) compare(o part) int {
	return cmp.Or(cmp.Compare(p.order, o.order), strings.Compare(p.name, o.name), strings.Compare(p.path, o.path))
}

func (t *tree) writeItem(it *item) {
	t.out.append(it.fragment)
	dir := path.Dir(it.path)
	var examples []part
	for _, at := range []string{
		path.Join(dir, resources, it.stem+".resources", "examples"), path.Join(dir, it.stem+".resources", "examples"), it.examples,
	} {
		examples = append(examples, t.examples[at]...)
		delete(t.examples, at)
	}
	if it.examples != "" && len(examples) == 0 {
		t.find(NoExamples, it.named, it.examples)
	}
	slices.SortFunc(examples, part.compare)
	for i, e := range examples {
		if i > 0 {
			t.out.made(e.at, ",")
		}
		t.out.append(e.fragment)
	}
	t.out.made(it.at, "]}")
}
