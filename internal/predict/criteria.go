package predict

import (
	"errors"
	"slices"
	"strings"

	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/java"
)

// naming is what came of looking for a variable's name in an operation's rules.
type naming struct {
	named, unsure bool
	cause         *Cause
}

// criteria are by what a request finds the example; its path is added to the
// operation.
func (r *reader) criteria(op *Operation, d dispatching, request jackson.Value) (criteria *string, unsure bool, cause *Cause) {
	url := r.RequestURL(request)
	switch {
	case d.dispatcher == URIParams:
		c, cause := r.paramCriteria(op.DispatcherRules, url) // the operation's own, also around a fallback
		addPath(op, resourcePath(url))
		return &c, false, cause
	case d.dispatcher == URIParts || d.dispatcher == URIElements:
		variables := variablesOf(request)
		c, unsure, cause := r.partCriteria(d.rules, variables)
		if cause == nil && d.dispatcher == URIElements {
			var params string
			params, cause = r.paramCriteria(d.rules, url)
			c += params
		}
		addPath(op, instantiate(resourcePath(url), variables))
		return &c, unsure, cause
	case d.dispatcher == queryHeader && r.behaviour.queryHeader:
		c, cause := headerCriteria(d.rules, request)
		addPath(op, resourcePath(url))
		return &c, false, cause
	case d.dispatcher == queryArgs:
		criteria, unsure := r.argumentCriteria(d.rules, request)
		return criteria, unsure, nil
	}
	if url != "" && r.behaviour.pathOfUndispatched {
		addPath(op, resourcePath(url))
	}
	return nil, false, nil
}

func addPath(op *Operation, path string) {
	if i, found := slices.BinarySearchFunc(op.ResourcePaths, path, strings.Compare); !found {
		op.ResourcePaths = slices.Insert(op.ResourcePaths, i, path)
	}
}

// queryParameter is a parameter of a query, decoded.
type queryParameter struct{ name, value string }

// paramCriteria are the query parameters that the rules name: "?k=v?k2=v2",
// sorted. A name counts as named when it is any part of the rules' text.
func (r *reader) paramCriteria(rules *string, url string) (criteria string, cause *Cause) {
	if !strings.Contains(url, "?") || !strings.Contains(url, "=") {
		return "", nil
	}
	_, query, _ := strings.Cut(url, "?")
	var found []queryParameter
	for _, param := range java.Split(query, "&") {
		parts := java.Split(param, "=")
		if len(parts) < 2 && r.behaviour.valuelessCriteria {
			continue
		}
		p, cause := r.behaviour.parameter(parts)
		if cause != nil {
			return "", cause
		}
		if rules == nil {
			return "", &Cause{Kind: RulesMissing}
		}
		if strings.Contains(*rules, p.name) {
			found = r.behaviour.withParameter(found, p)
		}
	}
	slices.SortFunc(found, func(a, b queryParameter) int {
		if c := java.Compare(a.name, b.name); c != 0 {
			return c
		}
		return java.Compare(a.value, b.value)
	})
	var out strings.Builder
	for _, p := range slices.Compact(found) {
		out.WriteString("?" + p.name + "=" + p.value)
	}
	return out.String(), nil
}

// parameter decodes what stood before and after the "=" of a parameter. The
// server takes both for given.
func (b behaviour) parameter(parts []string) (queryParameter, *Cause) {
	if len(parts) == 0 {
		return queryParameter{}, outOfBounds(NamelessParameter, 0, 0)
	}
	name, cause := b.decode(parts[0])
	if cause != nil {
		return queryParameter{}, cause
	}
	if len(parts) == 1 {
		return queryParameter{}, outOfBounds(ValuelessParameter, 1, 1)
	}
	value, cause := b.decode(parts[1])
	return queryParameter{name, value}, cause
}

// withParameter adds a parameter to those found; where names do not repeat, it
// takes the place of an earlier one of its name.
func (b behaviour) withParameter(found []queryParameter, p queryParameter) []queryParameter {
	if !b.repeatedCriteria {
		if i := slices.IndexFunc(found, func(o queryParameter) bool { return o.name == p.name }); i >= 0 {
			found[i] = p
			return found
		}
	}
	return append(found, p)
}

// variable of a path.
type variable struct{ name, value string }

// variablesOf are the variables of a request's path in the order in which the server goes through
// them; of two of one name the last counts.
func variablesOf(request jackson.Value) []variable {
	values := map[string]string{}
	var names []string
	for v := range request.At("url").At("variable").Elements() {
		name := v.At("key").AsText()
		if _, again := values[name]; !again {
			names = append(names, name)
		}
		values[name] = v.At("value").AsText()
	}
	out := make([]variable, 0, len(names))
	for _, name := range java.HashOrder(names) {
		out = append(out, variable{name, values[name]})
	}
	return out
}

// partCriteria are the path variables that the rules name: "/k=v", sorted.
func (r *reader) partCriteria(rules *string, variables []variable) (criteria string, unsure bool, cause *Cause) {
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
	sorted := slices.SortedFunc(slices.Values(variables), func(a, b variable) int { return java.Compare(a.name, b.name) })
	var out strings.Builder
	for _, v := range sorted {
		n := r.names(rule, v.name)
		if n.cause != nil {
			return "", false, n.cause
		}
		unsure = unsure || n.unsure
		if n.named {
			out.WriteString("/" + v.name + "=" + v.value)
		}
	}
	return out.String(), unsure, nil
}

// names looks for a variable's name in rules: as a word of its own, with no
// hyphen beside it. The server puts the name into a regular expression as it is.
func (r *reader) names(rules, name string) naming {
	key := [2]string{rules, name}
	if n, known := r.named[key]; known {
		return n
	}
	var n naming
	p, err := java.Compile(`.*(^|[^-])\b`+name+`\b([^-]|$).*`, r.behaviour.java)
	switch {
	case errors.Is(err, java.ErrUnsupported):
		n.unsure = true
	case err != nil:
		n.cause = &Cause{BadPattern, err}
	default:
		verdict := p.Match(rules).Verdict
		n.named, n.unsure = verdict == java.Matches, verdict == java.Undecided
	}
	if r.named == nil {
		r.named = map[[2]string]naming{}
	}
	r.named[key] = n
	return n
}

// instantiate puts variables into a path; those that the path does not have
// become its query.
func instantiate(path string, variables []variable) string {
	for _, v := range variables {
		switch curly := "{" + v.name + "}"; {
		case strings.Contains(path, curly):
			path = strings.ReplaceAll(path, curly, java.EncodePath(v.value))
		case strings.Contains(path, "/:"+v.name):
			path = strings.ReplaceAll(path, ":"+v.name, java.EncodePath(v.value))
		default:
			if !strings.Contains(path, "?") {
				path += "?"
			}
			if strings.Contains(path, "=") {
				path += "&"
			}
			path += v.name + "=" + java.EncodeForm(v.value)
		}
	}
	return path
}

// headerCriteria are the request headers that the rules name.
func headerCriteria(rules *string, request jackson.Value) (criteria string, cause *Cause) {
	values := map[string]string{}
	var names []string
	for h := range request.At("header").Elements() {
		name := h.At("key").AsText()
		if _, again := values[name]; !again {
			names = append(names, name)
		}
		values[name] = h.At("value").AsText()
	}
	return namedPairs(rules, names, values)
}

// namedPairs are "?k=v" for the names that are part of the rules' text, in the
// order of a Java hash set.
func namedPairs(rules *string, names []string, values map[string]string) (criteria string, cause *Cause) {
	slices.SortFunc(names, java.Compare)
	var out strings.Builder
	for _, name := range java.HashOrder(names) {
		if rules == nil {
			return "", &Cause{Kind: RulesMissing}
		}
		if strings.Contains(*rules, name) {
			out.WriteString("?" + name + "=" + values[name])
		}
	}
	return out.String(), nil
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
	doc, err := jackson.Parse([]byte(text), r.behaviour.jackson)
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
	c, cause := namedPairs(rules, names, values)
	if cause != nil {
		return "", false
	}
	return c, false
}
