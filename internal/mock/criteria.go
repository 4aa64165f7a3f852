package mock

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"postman-microcks-importer/internal/java"
	"postman-microcks-importer/internal/predict"
)

// nameInPath is a part in an operation's name, as it is written.
var nameInPath = regexp.MustCompile(`:[^:^/]+|\{[^{}/]+\}`)

// braced reports whether a server reads the parts of a path in braces: where one is
// written so, those with a colon are none.
func braced(path string) bool { return strings.Contains(path, "/{") }

// cutPart cuts a path around its first part, as it is written; ok is false when there
// is none.
func cutPart(path string, braced bool) (before, part, after string, ok bool) {
	begin, ends := byte(':'), ":^/"
	if braced {
		begin, ends = '{', "{}/"
	}
	for i := range len(path) {
		if path[i] != begin {
			continue
		}
		end := i + 1
		for end < len(path) && strings.IndexByte(ends, path[end]) < 0 {
			end++
		}
		switch {
		case end == i+1: // nothing is no name
		case !braced:
			return path[:i], path[i:end], path[end:], true
		case end < len(path) && path[end] == '}':
			return path[:i], path[i : end+1], path[end+1:], true
		}
	}
	return path, "", "", false
}

// asked is what a request is dispatched by.
type asked struct {
	criteria *string // nil without a dispatcher
	open     bool    // what the server makes of it is not known
	failed   bool    // taking the query apart breaks the call
}

// criteriaOf a request that reached an operation.
func (m *Mocks) criteriaOf(op *predict.Operation, r Request) asked {
	if op.Dispatcher == "" {
		return asked{}
	}
	if op.DispatcherRules == nil {
		return asked{open: true}
	}
	var out asked
	text := ""
	switch op.Dispatcher {
	case predict.URIParts, predict.URIElements:
		parts, known := m.partCriteria(m.pathNameOf(op), r.Path)
		text, out.open = parts, !known
	case predict.URIParams:
	default:
		return asked{open: true}
	}
	if op.Dispatcher != predict.URIParts {
		params, failed := m.paramCriteria(*op.DispatcherRules, r.Query)
		text, out.failed = text+params, failed
	}
	out.criteria = &text
	return out
}

// partCriteria are the values of the parts that the rules name, sorted by name. known
// is false where the name holds signs that mean something in an expression.
func (m *Mocks) partCriteria(n *pathName, path string) (criteria string, known bool) {
	if strings.ContainsAny(path, "%+") {
		plain, err := url.PathUnescape(strings.ReplaceAll(path, "+", "%20"))
		if err != nil {
			return "", false
		}
		path = strings.ReplaceAll(plain, "+", " ") // decoded a second time
	}
	if m.behaviour.cutsParts {
		path, _, _ = strings.Cut(path, "?")
	}
	values, known := n.values(path)
	slices.SortFunc(values, func(a, b predict.Parameter) int { return java.Compare(a.Name, b.Name) })
	var out strings.Builder
	for _, v := range values {
		if n.roles[v.Name]&wantedPart != 0 {
			out.WriteString("/" + v.Name + "=" + v.Value)
		}
	}
	return out.String(), known
}

// values are what the parts of a name have in a path. The server makes each part a
// group that takes as much as it can, slashes included.
func (n *pathName) values(path string) (values []predict.Parameter, known bool) {
	if values, simple := n.bySegment(path); simple {
		return values, true
	}
	var expression strings.Builder
	known = true
	literal := func(s string) {
		known = known && !strings.ContainsAny(s, `\^$?*+[(|){}`)
		expression.WriteString(strings.ReplaceAll(regexp.QuoteMeta(s), `\.`, "."))
	}
	before, _, rest, more := cutPart(n.path, n.braced)
	for ; more; before, _, rest, more = cutPart(rest, n.braced) {
		literal(before)
		expression.WriteString("(.+)")
	}
	literal(before)
	re, err := regexp.Compile(`^` + expression.String() + `$`)
	if err != nil {
		return nil, false
	}
	found := re.FindStringSubmatch(path)
	if found == nil {
		return nil, known
	}
	for i, name := range n.names {
		if !slices.Contains(n.names[i+1:], name) { // the last of a name counts
			values = append(values, predict.Parameter{Name: name, Value: found[i+1]})
		}
	}
	return values, known
}

// bySegment reads the values of a name whose parts are whole segments, in a path of
// as many segments.
func (n *pathName) bySegment(path string) (values []predict.Parameter, simple bool) {
	if n.segments == nil || strings.Count(path, "/")+1 != len(n.segments) {
		return nil, false
	}
	values = make([]predict.Parameter, 0, len(n.names))
	for k := range n.segments {
		got, rest, _ := strings.Cut(path, "/")
		path = rest
		switch {
		case n.parts[k] != "" && got != "":
			values = append(values, predict.Parameter{Name: n.parts[k], Value: got})
		case n.parts[k] != "" || n.segments[k] != got:
			return nil, false
		}
	}
	return values, true
}

// paramCriteria are the query parameters whose name is any part of the rules' text,
// sorted. Those without a value do not count, or break the call.
func (m *Mocks) paramCriteria(rules, query string) (criteria string, failed bool) {
	if !strings.Contains(query, "=") {
		return "", false
	}
	var found []predict.Parameter
	for _, param := range java.Split(query, "&") {
		halves := java.Split(param, "=")
		if len(halves) < 2 {
			if m.behaviour.skipsValueless {
				continue
			}
			return "", true
		}
		name, err1 := java.DecodeURL(halves[0], m.behaviour.java)
		value, err2 := java.DecodeURL(halves[1], m.behaviour.java)
		if err1 != nil || err2 != nil {
			return "", true
		}
		if strings.Contains(rules, name) {
			found = append(found, predict.Parameter{Name: name, Value: value})
		}
	}
	slices.SortFunc(found, func(a, b predict.Parameter) int {
		if c := java.Compare(a.Name, b.Name); c != 0 {
			return c
		}
		return java.Compare(a.Value, b.Value)
	})
	var out strings.Builder
	for _, p := range slices.Compact(found) {
		out.WriteString("?" + p.Name + "=" + p.Value)
	}
	return out.String(), false
}
