package predict

import (
	"slices"
	"strings"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/jackson"
)

// findItems are the requests in document order. What has a request is one, and
// its own items do not count; everything else is a folder.
func (d *Document) findItems(m *budget.Meter) []Item {
	var out []Item
	var walk func(v jackson.Value)
	walk = func(v jackson.Value) {
		m.Work(4)
		if v.Has("request") {
			name := d.operationName(v)
			m.Memory(itemBytes + 2*len(name))
			out = append(out, Item{v, name})
			return
		}
		for child := range v.At("item").Elements() {
			walk(child)
		}
	}
	for v := range d.Root.At("item").Elements() {
		walk(v)
	}
	return out
}

// itemBytes is the memory that an item takes, with its operation.
const itemBytes = 300

// inFolder reports whether an address holds the path of an item's folders,
// "/Folder/Sub/". At the root any slash will do.
func (d *Document) inFolder(it Item, url string) bool {
	var names []string
	length := 0
	for folder := it.Value.Parent().Parent(); folder.Exists() && folder != d.Root; folder = folder.Parent().Parent() {
		named := folder.At("name")
		if named.LongerThan(len(url) - length) {
			return false
		}
		name := named.AsText()
		if length += 1 + len(name); length > len(url) {
			return false
		}
		names = append(names, "/"+name)
	}
	slices.Reverse(names)
	return strings.Contains(url, strings.Join(names, "")+"/")
}

// operationName is the method and the path of a request. Folders and the
// request's own name do not count.
func (d *Document) operationName(v jackson.Value) string {
	request := v.At("request")
	url := request.At("url").AsTextOr("")
	if url == "" {
		url = request.At("url").At("raw").AsText()
	}
	url, _, _ = strings.Cut(url, "?")
	return request.At("method").AsText() + " " + trimHost(url)
}

// trimHost drops protocol and host: everything before the first slash.
func trimHost(url string) string {
	url = strings.TrimPrefix(url, "https://")
	url = strings.TrimPrefix(url, "http://")
	if i := strings.IndexByte(url, '/'); i >= 0 {
		return url[i:]
	}
	return url
}

// resourcePath is the path of an address without host, query and one slash at
// its end.
func resourcePath(url string) string {
	path, _, _ := strings.Cut(trimHost(url), "?")
	return strings.TrimSuffix(path, "/")
}

// definitions are the operations of the items: the first item of a name decides.
// The first of the failures, if there are any, ends the import.
func (d *Document) definitions(m *budget.Meter) (ops []Definition, failures []Failure) {
	seen := make(map[string]bool, len(d.Items))
	ops = make([]Definition, 0, len(d.Items))
	definer := d.Definer(m)
	for i, it := range d.Items {
		if seen[it.Operation] {
			continue
		}
		seen[it.Operation] = true
		op, cause := definer.Define(it)
		if cause != nil {
			failures = append(failures, Failure{i, d.Address(it), cause})
		}
		ops = append(ops, Definition{op, i})
	}
	return ops, failures
}

// Address is where a request says its address, or the request itself.
func (d *Document) Address(it Item) jackson.Value {
	request := it.Value.At("request")
	for _, v := range []jackson.Value{request.At("url").At("raw"), request.At("url"), request} {
		if v.Exists() {
			return v
		}
	}
	return it.Value
}

// RequestURL is the address of an example's original request: the server looks at
// url.raw alone.
func RequestURL(request jackson.Value) string { return request.At("url").At("raw").AsText() }

// Definer makes operations of items, within a budget. It belongs to one goroutine.
type Definer struct {
	*Document
	patience
}

// Definer of the document's operations.
func (d *Document) Definer(m *budget.Meter) *Definer { return &Definer{d, newPatience(m)} }

// Define is the operation that an item defines, or would if no other of the name
// came before; the cause is nil when nothing breaks.
func (d *Definer) Define(it Item) (Operation, *Cause) {
	request := it.Value.At("request")
	url := request.At("url").AsTextOr("")
	if url == "" {
		url = request.At("url").At("raw").AsTextOr("")
	}
	op := Operation{Name: it.Operation, Method: request.At("method").AsText()}
	// The address loses its host only if it holds the folder's path, which at
	// the root is any slash.
	if d.inFolder(it, url) {
		url = trimHost(url)
	}
	cause := dispatch(&op, url, d.behaviour, &d.patience)
	return op, cause
}
