package predict

import (
	"slices"
	"strings"

	"postman-microcks-importer/internal/jackson"
)

// item is one request of a collection.
type item struct {
	node jackson.Value
	name string // of its operation
}

// collection is an input with its root found.
type collection struct {
	root   jackson.Value // the object that holds info and item
	export bool          // a file: Postman rewrites it on the way through its API
}

// items are the requests in document order. What has a request is one, and its
// own items do not count; everything else is a folder.
func (c collection) items() []item {
	var out []item
	var walk func(v jackson.Value)
	walk = func(v jackson.Value) {
		if v.Has("request") {
			out = append(out, item{v, c.operationName(v)})
			return
		}
		for child := range v.At("item").Elements() {
			walk(child)
		}
	}
	for v := range c.root.At("item").Elements() {
		walk(v)
	}
	return out
}

// inFolder says whether an address holds the path of an item's folders,
// "/Folder/Sub/". At the root any slash will do.
func (c collection) inFolder(it item, url string) bool {
	var names []string
	length := 0
	for folder := it.node.Parent().Parent(); folder.Exists() && folder != c.root; folder = folder.Parent().Parent() {
		name := folder.At("name").AsText()
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
func (c collection) operationName(v jackson.Value) string {
	request := v.At("request")
	url := request.At("url").AsTextOr("")
	if url == "" {
		url = request.At("url").At("raw").AsText()
	}
	method := request.At("method").AsText()
	if c.export && request.IsText() {
		method, url = "GET", request.AsText()
	}
	url, _, _ = strings.Cut(url, "?")
	return method + " " + trimHost(url)
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

// operation is one that the collection defines, with the item that does.
type operation struct {
	Operation
	first int // index of the item that decides method, dispatcher and rules
}

// failure is an exception that an item makes the server throw.
type failure struct {
	item    int
	at      jackson.Value
	message string // the exception's
}

// operations of the items: the first item of a name decides. The first of the
// failures, if there are any, ends the import.
func (c collection) operations(items []item, b behaviour) (ops []operation, failures []failure) {
	seen := make(map[string]bool, len(items))
	for i, it := range items {
		if seen[it.name] {
			continue
		}
		seen[it.name] = true
		op, message := c.operation(it, b)
		if message != "" {
			failures = append(failures, failure{i, c.url(it), message})
		}
		ops = append(ops, operation{op, i})
	}
	return ops, failures
}

// url is where a request says its address, or the request itself.
func (c collection) url(it item) jackson.Value {
	request := it.node.At("request")
	for _, v := range []jackson.Value{request.At("url").At("raw"), request.At("url"), request} {
		if v.Exists() {
			return v
		}
	}
	return it.node
}

func (c collection) operation(it item, b behaviour) (op Operation, exception string) {
	request := it.node.At("request")
	url := request.At("url").AsTextOr("")
	if url == "" {
		url = request.At("url").At("raw").AsTextOr("")
	}
	op.Name, op.Method = it.name, request.At("method").AsText()
	if c.export && request.IsText() {
		op.Method, url = "GET", request.AsText()
	}
	// The address loses its host only if it holds the folder's path, which at
	// the root is any slash.
	if c.inFolder(it, url) {
		url = trimHost(url)
	}
	return op, dispatch(&op, url, b)
}
