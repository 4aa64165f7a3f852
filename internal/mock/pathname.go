package mock

import (
	"strings"

	"postman-microcks-importer/internal/predict"
)

// pathName is the path in an operation's name, taken apart once for all its calls.
type pathName struct {
	path  string
	names []string // of the parts that the server reads
	// segments of a path whose parts are whole segments, with the names of those
	// that are one, else ""; nil where a part is less than a segment.
	segments, parts []string
	wanted          map[string]bool // parts that the rules name
	partNames       map[string]bool
	paramNames      map[string]bool // parameters that the rules name
}

func (m *Mocks) pathNameOf(op *predict.Operation) *pathName {
	if n := m.names[op]; n != nil {
		return n
	}
	n := &pathName{path: pathOf(op.Name), wanted: map[string]bool{}, partNames: map[string]bool{}, paramNames: map[string]bool{}}
	m.names[op] = n
	m.meter.Work(workOfName + len(op.Name))
	finds := partsIn(n.path)
	for _, part := range finds.FindAllString(n.path, -1) {
		n.names = append(n.names, strings.Trim(part, ":{}"))
		n.partNames[strings.Trim(part, ":{}")] = true
	}
	segments := strings.Split(n.path, "/")
	parts := make([]string, len(segments))
	whole := 0
	for k, segment := range segments {
		if segment != "" && finds.FindString(segment) == segment {
			parts[k] = strings.Trim(segment, ":{}")
			whole++
		}
	}
	if whole == len(n.names) && len(n.partNames) == whole {
		n.segments, n.parts = segments, parts
	}
	if op.DispatcherRules == nil {
		return n
	}
	before, after, both := strings.Cut(*op.DispatcherRules, "??")
	for _, rule := range strings.Split(before, "&&") {
		n.wanted[strings.TrimSpace(rule)] = true
	}
	if !both {
		after = before
	}
	for _, rule := range strings.Split(after, "&&") {
		n.paramNames[strings.TrimSpace(rule)] = true
	}
	return n
}
