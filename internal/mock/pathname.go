package mock

import (
	"strings"

	"postman-microcks-importer/internal/predict"
)

// pathName is the path in an operation's name, taken apart once for all its calls.
type pathName struct {
	path   string
	braced bool
	names  []string // of the parts that the server reads
	// segments of a path whose parts are whole segments, with the names of those
	// that are one, else ""; nil where a part is less than a segment.
	segments, parts []string
	roles           map[string]role // of names
}

// role is what a name stands for in an operation: any of these.
type role uint8

const (
	part        role = 1 << iota // of the path
	wantedPart                   // one that the rules name, if there is one
	wantedParam                  // a parameter that the rules name
)

func (m *Mocks) pathNameOf(op *predict.Operation) *pathName {
	if n := m.names[op]; n != nil {
		return n
	}
	n := &pathName{path: pathOf(op.Name), roles: map[string]role{}}
	n.braced = braced(n.path)
	m.names[op] = n
	m.meter.Work(workOfName + len(op.Name))
	for _, found, rest, more := cutPart(n.path, n.braced); more; _, found, rest, more = cutPart(rest, n.braced) {
		name := strings.Trim(found, ":{}")
		n.names = append(n.names, name)
		n.roles[name] = part
	}
	distinct := len(n.roles)
	segments := strings.Split(n.path, "/")
	parts := make([]string, len(segments))
	whole := 0
	for k, segment := range segments {
		if before, found, after, is := cutPart(segment, n.braced); is && before == "" && after == "" {
			parts[k] = strings.Trim(found, ":{}")
			whole++
		}
	}
	if whole == len(n.names) && whole == distinct {
		n.segments, n.parts = segments, parts
	}
	if op.DispatcherRules == nil {
		return n
	}
	before, after, both := strings.Cut(*op.DispatcherRules, "??")
	if !both {
		after = before
	}
	n.give(wantedPart, before)
	n.give(wantedParam, after)
	return n
}

// give the names in rules a role.
func (n *pathName) give(r role, rules string) {
	for name := range strings.SplitSeq(rules, "&&") {
		n.roles[strings.TrimSpace(name)] |= r
	}
}
