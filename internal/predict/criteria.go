package predict

import (
	"errors"
	"slices"
	"strings"

	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/java"
)

// Bounds beyond which criteria and paths are not told: nobody writes such requests,
// and working them out takes its time.
const (
	mostVariables = 200     // of a path
	longestRules  = 16_000  // bytes
	longestPath   = 100_000 // bytes of a path with its variables
)

// namePattern is a variable's name as the server looks for it in rules.
type namePattern struct {
	pattern *java.Pattern
	err     error
}

// naming is what came of looking for a variable's name in an operation's rules.
type naming struct {
	named, unsure bool
	cause         *Cause
}

// criteria are by what a request finds the example; its path is added to the
// operation.
func (r *reader) criteria(op *Operation, d dispatching, request jackson.Value) (criteria *string, unsure bool, cause *Cause) {
	url := RequestURL(request)
	r.meter.Work(len(url) / 8)
	switch {
	case d.dispatcher == URIParams:
		c, unsure, cause := r.paramCriteria(op.DispatcherRules, url) // the operation's own, also around a fallback
		r.addPath(op, resourcePath(url))
		return &c, unsure, cause
	case d.dispatcher == URIParts || d.dispatcher == URIElements:
		variables := r.variablesOf(request)
		c, unsure, cause := r.partCriteria(d.rules, variables)
		if cause == nil && d.dispatcher == URIElements {
			var params string
			var more bool
			params, more, cause = r.paramCriteria(d.rules, url)
			c, unsure = c+params, unsure || more
		}
		if path, ok := r.instantiate(resourcePath(url), variables); ok {
			r.addPath(op, path)
		} else {
			op.Unknown = true
		}
		return &c, unsure, cause
	case d.dispatcher == queryHeader && r.behaviour.queryHeader:
		c, unsure, cause := r.headerCriteria(d.rules, request)
		r.addPath(op, resourcePath(url))
		return &c, unsure, cause
	case d.dispatcher == queryArgs:
		criteria, unsure := r.argumentCriteria(d.rules, request)
		return criteria, unsure, nil
	}
	if url != "" && r.behaviour.pathOfUndispatched {
		r.addPath(op, resourcePath(url))
	}
	return nil, false, nil
}

// addPath adds a path in no order. Most examples of an operation have the same.
func (r *reader) addPath(op *Operation, path string) {
	if n := len(op.ResourcePaths); n > 0 && op.ResourcePaths[n-1] == path {
		return
	}
	r.meter.Memory(len(path) + 16)
	op.ResourcePaths = append(op.ResourcePaths, path)
}

// sortedSet is a list in order, with each text once; nil stays nil.
func sortedSet(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// paramCriteria are the query parameters that the rules name: "?k=v?k2=v2",
// sorted. A name counts as named when it is any part of the rules' text.
func (r *reader) paramCriteria(rules *string, url string) (criteria string, unsure bool, cause *Cause) {
	r.meter.Work(len(url) / 8)
	if !strings.Contains(url, "?") || !strings.Contains(url, "=") {
		return "", false, nil
	}
	_, query, _ := strings.Cut(url, "?")
	var found []Parameter
	at := map[string]int{} // found parameters by name, where names do not repeat
	for _, param := range java.Split(query, "&") {
		parts := java.Split(param, "=")
		if len(parts) < 2 && r.behaviour.valuelessCriteria {
			continue
		}
		p, cause := r.behaviour.parameter(parts)
		if cause != nil {
			return "", false, cause
		}
		if rules == nil {
			return "", false, &Cause{Kind: RulesMissing}
		}
		holds, sure := r.holds(*rules, p.Name)
		unsure = unsure || !sure
		if !holds {
			continue
		}
		i, again := at[p.Name]
		switch {
		case again && !r.behaviour.repeatedCriteria: // it takes the place of the earlier one
			found[i] = p
		default:
			at[p.Name] = len(found)
			found = append(found, p)
		}
	}
	slices.SortFunc(found, func(a, b Parameter) int {
		if c := java.Compare(a.Name, b.Name); c != 0 {
			return c
		}
		return java.Compare(a.Value, b.Value)
	})
	var out strings.Builder
	for _, p := range slices.Compact(found) {
		out.WriteString("?" + p.Name + "=" + p.Value)
	}
	return out.String(), unsure, nil
}

// holds reports whether a name is part of the rules' text. It does not look through
// rules that nobody would write.
func (r *reader) holds(rules, name string) (holds, sure bool) {
	r.meter.Work(4 + min(len(rules), longestRules)/32)
	return strings.Contains(rules[:min(len(rules), longestRules)], name), len(rules) <= longestRules
}

// parameter decodes what stood before and after the "=" of a parameter. The
// server takes both for given.
func (b behaviour) parameter(parts []string) (Parameter, *Cause) {
	if len(parts) == 0 {
		return Parameter{}, outOfBounds(NamelessParameter, 0, 0)
	}
	name, cause := b.decode(parts[0])
	if cause != nil {
		return Parameter{}, cause
	}
	if len(parts) == 1 {
		return Parameter{}, outOfBounds(ValuelessParameter, 1, 1)
	}
	value, cause := b.decode(parts[1])
	return Parameter{name, value}, cause
}

// workOfVariable is what reading one costs.
const workOfVariable = 30

// variablesOf are the variables of a request's path in the order in which the server goes through
// them; of two of one name the last counts.
func (r *reader) variablesOf(request jackson.Value) []Parameter {
	values := map[string]string{}
	var names []string
	for v := range request.At("url").At("variable").Elements() {
		name := v.At("key").AsText()
		r.meter.Work(workOfVariable)
		if _, again := values[name]; !again {
			names = append(names, name)
		}
		values[name] = v.At("value").AsText()
		r.meter.Work((len(name) + len(values[name])) / 8)
	}
	out := make([]Parameter, 0, len(names))
	for _, name := range java.HashOrder(names) {
		out = append(out, Parameter{name, values[name]})
	}
	return out
}

// partCriteria are the path variables that the rules name: "/k=v", sorted.
func (r *reader) partCriteria(rules *string, variables []Parameter) (criteria string, unsure bool, cause *Cause) {
	if len(variables) == 0 {
		return "", false, nil
	}
	if rules == nil {
		return "", false, &Cause{Kind: RulesMissing}
	}
	rule := *rules
	if r.behaviour.partsRuleAlone && strings.Contains(rule, "??") {
		alone := java.Split(rule, "??")
		if len(alone) == 0 {
			return "", false, outOfBounds(RulesBlank, 0, 0)
		}
		rule = alone[0]
	}
	sorted := slices.Clone(variables)
	slices.SortFunc(sorted, func(a, b Parameter) int { return java.Compare(a.Name, b.Name) })
	var out strings.Builder
	for _, v := range sorted {
		n := r.names(rule, v.Name)
		if n.cause != nil {
			return "", false, n.cause
		}
		unsure = unsure || n.unsure
		if n.named {
			out.WriteString("/" + v.Name + "=" + v.Value)
		}
	}
	return out.String(), unsure, nil
}

// The memory that a pattern and what came of it take.
const (
	patternBytes = 2000
	patternByte  = 32
	namingBytes  = 100
)

// names looks for a variable's name in rules: as a word of its own, with no
// hyphen beside it. The server puts the name into a regular expression as it is.
func (r *reader) names(rules, name string) naming {
	key := [2]string{rules, name}
	if n, known := r.named[key]; known {
		return n
	}
	var n naming
	p, known := r.patterns[name]
	if !known {
		p.pattern, p.err = r.compile(`.*(^|[^-])\b`+name+`\b([^-]|$).*`, r.behaviour)
		r.patterns[name] = p
		r.meter.Memory(namingBytes)
		if p.pattern != nil {
			r.meter.Memory(patternBytes + patternByte*len(name))
		}
	}
	switch {
	case errors.Is(p.err, java.ErrUnsupported), p.err == nil && len(rules) > longestRules:
		n.unsure = true
	case p.err != nil:
		n.cause = &Cause{BadPattern, p.err}
	default:
		verdict := r.match(p.pattern, rules).Verdict
		n.named, n.unsure = verdict == java.Matches, verdict == java.Undecided
	}
	r.meter.Memory(namingBytes)
	r.named[key] = n
	return n
}

// instantiate puts variables into a path; those that the path does not have
// become its query.
// ok is false for what nobody would write.
func (r *reader) instantiate(path string, variables []Parameter) (instance string, ok bool) {
	if len(variables) > mostVariables {
		return "", false
	}
	longest := max(len(path), longestPath)
	for _, v := range variables {
		r.meter.Work((len(path) + len(v.Value)) / 8)
		curly, colon := "{"+v.Name+"}", ":"+v.Name
		if times := strings.Count(path, curly) + strings.Count(path, colon); times > 1 && len(path)+3*times*len(v.Value) > longest {
			return "", false
		}
		switch {
		case strings.Contains(path, curly):
			path = strings.ReplaceAll(path, curly, java.EncodePath(v.Value))
		case strings.Contains(path, "/"+colon):
			path = strings.ReplaceAll(path, colon, java.EncodePath(v.Value))
		default:
			if !strings.Contains(path, "?") {
				path += "?"
			}
			if strings.Contains(path, "=") {
				path += "&"
			}
			path += v.Name + "=" + java.EncodeForm(v.Value)
		}
	}
	return path, true
}

// headerCriteria are the request headers that the rules name.
func (r *reader) headerCriteria(rules *string, request jackson.Value) (criteria string, unsure bool, cause *Cause) {
	values := map[string]string{}
	var names []string
	for h := range request.At("header").Elements() {
		name := h.At("key").AsText()
		if _, again := values[name]; !again {
			names = append(names, name)
		}
		values[name] = h.At("value").AsText()
	}
	return r.namedPairs(rules, names, values)
}

// namedPairs are "?k=v" for the names that are part of the rules' text, in the
// order of a Java hash set.
func (r *reader) namedPairs(rules *string, names []string, values map[string]string) (criteria string, unsure bool, cause *Cause) {
	slices.SortFunc(names, java.Compare)
	var out strings.Builder
	for _, name := range java.HashOrder(names) {
		if rules == nil {
			return "", false, &Cause{Kind: RulesMissing}
		}
		holds, sure := r.holds(*rules, name)
		unsure = unsure || !sure
		if holds {
			out.WriteString("?" + name + "=" + values[name])
		}
	}
	return out.String(), unsure, nil
}

// argumentCriteria are the GraphQL variables, or members of the body, that the
// rules name. The importer for answers of Postman's API cannot read them.
func (r *reader) argumentCriteria(rules *string, request jackson.Value) (criteria *string, unsure bool) {
	body := request.At("body")
	arguments := func(text string) {
		c := ""
		if !r.wrapped {
			c, unsure = r.arguments(rules, text)
		}
		criteria = &c
	}
	if body.Has("graphql") {
		arguments(body.At("graphql").At("variables").AsText())
	}
	if r.behaviour.bodyArguments && body.Has("raw") {
		arguments(body.At("raw").AsText())
	}
	return criteria, unsure
}

// arguments reads a flat JSON object; anything else gives no criteria.
func (r *reader) arguments(rules *string, text string) (criteria string, unsure bool) {
	doc, err := jackson.ParseWithin(r.meter, []byte(text), r.behaviour.jackson)
	if err != nil || doc.Root().Kind() != jackson.Object {
		return "", false
	}
	values := map[string]string{}
	var names []string
	for v := range doc.Root().Elements() {
		switch v.Kind() {
		case jackson.Object, jackson.Array:
			return "", false // not a text: the reading fails as a whole
		}
		name := v.Name()
		names = append(names, name)
		values[name] = v.AsText()
	}
	c, unsure, cause := r.namedPairs(rules, names, values)
	if cause != nil {
		return "", false
	}
	return c, unsure
}
