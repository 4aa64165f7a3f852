package mock

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"postman-microcks-importer/internal/java"
	"postman-microcks-importer/internal/predict"
)

// The parts in an operation's name, as they are written.
var (
	colonPart  = regexp.MustCompile(`:[^:^/]+`)
	curlyPart  = regexp.MustCompile(`\{[^{}/]+\}`)
	nameInPath = regexp.MustCompile(`:[^:^/]+|\{[^{}/]+\}`)
)

// partsIn is what finds the parts that a server reads: where one is written in braces,
// those with a colon are none.
func partsIn(name string) *regexp.Regexp {
	if strings.Contains(name, "/{") {
		return curlyPart
	}
	return colonPart
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
		parts, known := m.behaviour.partCriteria(*op.DispatcherRules, pathOf(op.Name), r.Path)
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
func (b behaviour) partCriteria(rules, name, path string) (criteria string, known bool) {
	path, err := url.PathUnescape(strings.ReplaceAll(path, "+", "%20"))
	if err != nil {
		return "", false
	}
	path = strings.ReplaceAll(path, "+", " ") // decoded a second time
	if b.cutsParts {
		path, _, _ = strings.Cut(path, "?")
	}
	rules, _, _ = strings.Cut(rules, "??")
	values, known := partValues(name, path)
	wanted := map[string]bool{}
	for _, rule := range strings.Split(rules, "&&") {
		wanted[strings.TrimSpace(rule)] = true
	}
	names := make([]string, 0, len(values))
	for name := range values {
		if wanted[name] {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, java.Compare)
	var out strings.Builder
	for _, name := range names {
		out.WriteString("/" + name + "=" + values[name])
	}
	return out.String(), known
}

// partValues are what the parts of a name have in a path. The server makes each part a
// group that takes as much as it can, slashes included.
func partValues(name, path string) (values map[string]string, known bool) {
	var names []string
	var expression strings.Builder
	last := 0
	literal := func(s string) {
		known = known && !strings.ContainsAny(s, `\^$?*+[(|){}`)
		expression.WriteString(strings.ReplaceAll(regexp.QuoteMeta(s), `\.`, "."))
	}
	known = true
	for _, at := range partsIn(name).FindAllStringIndex(name, -1) {
		literal(name[last:at[0]])
		expression.WriteString("(.+)")
		names = append(names, strings.Trim(name[at[0]:at[1]], ":{}"))
		last = at[1]
	}
	literal(name[last:])
	if values, simple := bySegment(name, names, path); simple {
		return values, true
	}
	re, err := regexp.Compile(`^` + expression.String() + `$`)
	if err != nil {
		return nil, false
	}
	found := re.FindStringSubmatch(path)
	if found == nil {
		return nil, known
	}
	values = map[string]string{}
	for i, n := range names {
		values[n] = found[i+1]
	}
	return values, known
}

// bySegment reads the values of a name whose parts are whole segments, in a path of
// as many segments.
func bySegment(name string, names []string, path string) (values map[string]string, simple bool) {
	want, got := strings.Split(name, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	values = make(map[string]string, len(names))
	for k, segment := range want {
		part := partsIn(name).FindString(segment) == segment && segment != ""
		switch {
		case part && got[k] != "":
			values[strings.Trim(segment, ":{}")] = got[k]
		case segment != got[k]:
			return nil, false
		}
	}
	return values, len(values) == len(names)
}

// paramCriteria are the query parameters whose name is any part of the rules' text,
// sorted. Those without a value do not count, or break the call.
func (m *Mocks) paramCriteria(rules, query string) (criteria string, failed bool) {
	if !strings.Contains(query, "=") {
		return "", false
	}
	type parameter struct{ name, value string }
	var found []parameter
	for _, param := range java.Split(query, "&") {
		pair := java.Split(param, "=")
		if len(pair) < 2 {
			if m.behaviour.skipsValueless {
				continue
			}
			return "", true
		}
		name, err1 := java.DecodeURL(pair[0], m.behaviour.java)
		value, err2 := java.DecodeURL(pair[1], m.behaviour.java)
		if err1 != nil || err2 != nil {
			return "", true
		}
		if strings.Contains(rules, name) {
			found = append(found, parameter{name, value})
		}
	}
	slices.SortFunc(found, func(a, b parameter) int {
		if c := java.Compare(a.name, b.name); c != 0 {
			return c
		}
		return java.Compare(a.value, b.value)
	})
	var out strings.Builder
	for _, p := range slices.Compact(found) {
		out.WriteString("?" + p.name + "=" + p.value)
	}
	return out.String(), false
}
