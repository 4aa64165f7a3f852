package mock

import (
	"errors"
	"regexp"
	"slices"
	"sort"
	"strings"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/java"
	"postman-microcks-importer/internal/predict"
)

// A request reaches the first operation of its method that has its path among its
// resource paths or in its name. When there is none, the server takes the names for
// patterns, unescaped, and the first that matches is reached; one that is no valid
// pattern breaks the call that comes to it.

// reach finds the operation that a request reaches.
type reach struct {
	meter     *budget.Meter
	behaviour behaviour
	anyOrder  bool
	ops       []*predict.Operation // in the server's order
	paths     map[[2]string][]int  // by method and path: operations that have it, ascending
	made      *names               // of the operations, from when one is needed
}

// names of operations by what it takes to match them.
type names struct {
	masks    map[[2]string][]mask     // by method and number of segments: shapes of names
	masked   map[[3]string][]named    // by method, shape and the segments that mean themselves: names, ascending
	patterns map[string][]namePattern // by method: names with other signs, ascending
}

// named is a name in which nothing but dots and whole segments means something.
type named struct {
	op       int
	segments []string // "" for a part
}

// mask is the shape of a name: true for each segment that is a part or has a dot.
type mask []bool

func (m mask) key() string {
	b := make([]byte, len(m))
	for i, part := range m {
		if b[i] = '-'; part {
			b[i] = ':'
		}
	}
	return string(b)
}

// namePattern is a name that has to be taken for an expression.
type namePattern struct {
	op         int
	expression string
	compiled   bool
	pattern    *java.Pattern
	err        error
}

var (
	curlyInName = regexp.MustCompile(`\{[\w-]+\}`)
	colonInName = regexp.MustCompile(`/:[^:^/]+`)
	curlyWhole  = regexp.MustCompile(`^\{[\w-]+\}$`)
)

// pathVerbs are the methods that the server takes off a name. Names of others keep
// theirs, and match no path.
var pathVerbs = []string{"GET ", "POST ", "PUT ", "DELETE ", "PATCH ", "OPTIONS "}

// pathOf is the name of an operation without its method.
func pathOf(name string) string {
	for _, verb := range pathVerbs {
		if rest, is := strings.CutPrefix(name, verb); is {
			return rest
		}
	}
	return name
}

const workOfName = 20

func newReach(s *predict.Service, b behaviour, o Options) *reach {
	r := &reach{meter: o.Meter, behaviour: b, anyOrder: o.AnyOrder, ops: inServerOrder(s, o.AnyOrder)}
	paths := 0
	for _, op := range r.ops {
		paths += len(op.ResourcePaths) + 1
	}
	r.paths = make(map[[2]string][]int, paths)
	each := make([]int, len(r.ops)) // of which the lists of one, which most are, are parts
	for i, op := range r.ops {
		each[i] = i
		r.addPaths(each[i:i+1:i+1], op)
	}
	return r
}

// names are made when the first path is not known: most services need none.
func (r *reach) names() *names {
	if r.made == nil {
		n := &names{masks: map[[2]string][]mask{}, masked: map[[3]string][]named{}, patterns: map[string][]namePattern{}}
		for i, op := range r.ops {
			if op.ResourcePaths != nil {
				r.meter.Work(workOfName + len(op.Name))
				n.add(i, op)
			}
		}
		r.made = n
	}
	return r.made
}

// inServerOrder are the operations as the server goes through them. It keeps those of
// a collection in a hash map before it stores them.
func inServerOrder(s *predict.Service, any bool) []*predict.Operation {
	byName := make(map[string]*predict.Operation, len(s.Operations))
	names := make([]string, 0, len(s.Operations))
	for i := range s.Operations {
		op := &s.Operations[i]
		if byName[op.Name] != nil {
			any = true
		}
		byName[op.Name] = op
		names = append(names, op.Name)
	}
	out := make([]*predict.Operation, 0, len(s.Operations))
	if any {
		for i := range s.Operations {
			out = append(out, &s.Operations[i])
		}
		return out
	}
	for _, name := range java.HashOrder(names) {
		out = append(out, byName[name])
	}
	return out
}

// addPaths adds those of an operation, given as the list of it alone.
func (r *reach) addPaths(alone []int, op *predict.Operation) {
	add := func(path string) {
		r.meter.Work(workOfName + len(path)/8)
		key := [2]string{op.Method, path}
		switch list := r.paths[key]; {
		case list == nil:
			r.paths[key] = alone
		case list[len(list)-1] != alone[0]:
			r.paths[key] = append(list, alone[0])
		}
	}
	for _, path := range op.ResourcePaths {
		add(path)
	}
	if path, is := strings.CutPrefix(op.Name, op.Method+" "); is && r.behaviour.findsByName {
		add(path)
	}
}

// add files the name of an operation by what it takes to match it.
func (n *names) add(i int, op *predict.Operation) {
	name := pathOf(op.Name)
	segments := strings.Split(name, "/")
	own := slices.Clone(segments)
	shape, odd := make(mask, len(segments)), false
	for k, segment := range segments {
		colon := k > 0 && len(segment) > 1 && segment[0] == ':' && !strings.ContainsAny(segment[1:], ":^")
		if colon || curlyWhole.MatchString(segment) {
			shape[k], own[k], segments[k] = true, "", ""
			continue
		}
		if strings.Contains(segment, ".") {
			shape[k], segments[k] = true, ""
		}
		odd = odd || strings.ContainsAny(segment, `\^$?*+[(|){`) || k > 0 && len(segment) > 1 && segment[0] == ':'
	}
	size := [2]string{op.Method, count(len(segments))}
	if odd {
		n.patterns[op.Method] = append(n.patterns[op.Method], namePattern{op: i, expression: expressionOf(name)})
		return
	}
	at := [3]string{op.Method, shape.key(), strings.Join(segments, "/")}
	if !slices.ContainsFunc(n.masks[size], func(m mask) bool { return slices.Equal(m, shape) }) {
		n.masks[size] = append(n.masks[size], shape)
	}
	n.masked[at] = append(n.masked[at], named{i, own})
}

// count is a small number as the key of a map.
func count(n int) string { return string(rune(n)) }

// expressionOf is the pattern that the server makes of a name.
func expressionOf(name string) string {
	return colonInName.ReplaceAllLiteralString(curlyInName.ReplaceAllLiteralString(name, "([^/])+"), "/([^/]+)")
}

// reached is what a request comes to.
type reached struct {
	ops      []*predict.Operation // of which one is reached; none: no operation
	breakers []*predict.Operation // whose names break the call
	open     bool                 // that is not known
	none     bool                 // it may be that none is reached
}

// Broken are the operations whose names are no valid patterns, in the order of the
// service: the server answers 500 to each call for which it comes to one of them.
func (m *Mocks) Broken() (all []*predict.Operation) {
	_ = m.meter.Within(func() { // beyond the budget nothing is claimed
		if m.reach == nil {
			return
		}
		var places []int
		for _, patterns := range m.reach.names().patterns {
			for i := range patterns {
				if m.reach.match(&patterns[i], "") == broken {
					places = append(places, patterns[i].op)
				}
			}
		}
		sort.Ints(places)
		for _, i := range places {
			all = append(all, m.reach.ops[i])
		}
	})
	return all
}

// find the operation for a path as it is sent.
func (r *reach) find(method, path string) reached {
	r.meter.Work(workOfName)
	path = strings.ReplaceAll(path, "+", "%20")
	if found := r.known(method, path); len(found) > 0 {
		return r.first(found)
	}
	matches := r.matching(method, path)
	slices.Sort(matches)
	return r.throughPatterns(method, path, matches)
}

// known are the operations that have a path as it is, or without a slash at its end.
func (r *reach) known(method, path string) []int {
	found := r.paths[[2]string{method, path}]
	if short, is := strings.CutSuffix(path, "/"); is {
		found = slices.Clone(found)
		for _, i := range r.paths[[2]string{method, short}] {
			// A name counts as it is only.
			if slices.Contains(r.ops[i].ResourcePaths, short) {
				found = append(found, i)
			}
		}
		slices.Sort(found)
		found = slices.Compact(found)
	}
	return found
}

func (r *reach) first(found []int) reached {
	if i := found[0]; !r.anyOrder {
		return reached{ops: r.ops[i : i+1 : i+1]}
	}
	var out reached
	for _, i := range found {
		out.ops = append(out.ops, r.ops[i])
	}
	return out
}

// matching are the operations whose names match a path without being expressions.
func (r *reach) matching(method, path string) (found []int) {
	segments := strings.Split(path, "/")
	left := make([]string, len(segments))
	for _, shape := range r.names().masks[[2]string{method, count(len(segments))}] {
		r.meter.Work(workOfName + len(path)/8)
		for k, open := range shape {
			if left[k] = segments[k]; open {
				left[k] = ""
			}
		}
		for _, n := range r.names().masked[[3]string{method, shape.key(), strings.Join(left, "/")}] {
			r.meter.Work(2 + len(path)/8)
			if n.matches(shape, segments) {
				found = append(found, n.op)
			}
		}
	}
	return found
}

// matches reports whether a path has what the open segments of a name want.
func (n named) matches(shape mask, segments []string) bool {
	for k, open := range shape {
		if open && (n.segments[k] == "" && segments[k] == "" || n.segments[k] != "" && !dotsMatch(n.segments[k], segments[k])) {
			return false
		}
	}
	return true
}

// dotsMatch reports whether a text, ASCII as paths are, is a pattern in which a dot
// stands for any character.
func dotsMatch(pattern, text string) bool {
	i := 0
	for _, c := range pattern {
		if i >= len(text) || c != '.' && c != rune(text[i]) {
			return false
		}
		i++
	}
	return i == len(text)
}

// throughPatterns goes through the names with other signs, as far as the server does:
// to the first of the matches that are known.
func (r *reach) throughPatterns(method, path string, matches []int) (out reached) {
	end := len(r.ops)
	if len(matches) > 0 {
		end = matches[0]
	}
	list := r.names().patterns[method]
	for k := range list {
		p := &list[k]
		if !r.anyOrder && p.op > end {
			break
		}
		switch r.match(p, path) {
		case matched:
			if !r.anyOrder {
				return reached{ops: []*predict.Operation{r.ops[p.op]}, open: out.open}
			}
			matches = append(matches, p.op)
		case broken:
			out.breakers = append(out.breakers, r.ops[p.op])
			if !r.anyOrder {
				return out
			}
		case undecided:
			return reached{open: true}
		}
	}
	slices.Sort(matches)
	if len(matches) > 0 {
		out.ops = r.first(matches).ops
	}
	out.none = len(matches) == 0 && len(out.breakers) > 0
	return out
}

// What comes of taking a name for a pattern.
type verdict int

const (
	unlike verdict = iota
	matched
	broken
	undecided
)

// Work of patterns, as predict charges it.
const (
	workOfStep = 6
	workOfByte = 10
	mostSteps  = 10_000 // of one match: beyond it nobody waits for the server either
)

func (r *reach) match(p *namePattern, path string) verdict {
	if !p.compiled {
		r.meter.Work(workOfByte * len(p.expression))
		p.compiled = true
		p.pattern, p.err = java.Compile(p.expression, r.behaviour.java)
	}
	switch {
	case errors.Is(p.err, java.ErrUnsupported):
		return undecided
	case p.err != nil:
		return broken
	}
	found := p.pattern.MatchWithin(path, mostSteps)
	r.meter.Work(workOfStep * (1 + found.Steps))
	switch found.Verdict {
	case java.Matches:
		return matched
	case java.Undecided:
		return undecided
	}
	return unlike
}
