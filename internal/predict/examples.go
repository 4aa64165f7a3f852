package predict

import (
	"errors"
	"slices"
	"strings"

	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/java"
)

// reader makes examples of the responses of items.
type reader struct {
	*Document
	source   string // the sourceArtifact
	keyRules map[[2]string]keyVerdict
	made     int
}

// keyVerdict is whether a variable's name is named by an operation's rules.
type keyVerdict struct {
	named, unsure bool
	cause         *Cause
}

// maxExamples bounds what a collection made for that purpose can blow up to.
const maxExamples = 400_000

// examplesOf reads the responses of one item for an operation, whose resource
// paths they complete. failed gets those that break the import.
func (r *reader) examplesOf(op *Operation, it Item, yield func(Example, jackson.Value), failed func(jackson.Value, *Cause)) {
	dispatcher, rules := rootDispatcher(op, r.behaviour)
	for response := range it.Value.At("response").Elements() {
		if r.made++; r.made > maxExamples {
			op.Unknown = true
			return
		}
		request := response.At("originalRequest")
		e := Example{Name: response.At("name").AsText(), SourceArtifact: r.source}
		var cause *Cause
		if e.DispatchCriteria, e.Unknown, cause = r.criteria(op, dispatcher, rules, request); cause != nil {
			failed(response, cause)
			continue
		}
		if e.Request, cause = r.request(request); cause != nil {
			failed(response, cause)
			continue
		}
		e.Response = r.response(response)
		yield(e, response)
	}
}

// RequestURL is the address of an example's original request. The server looks
// at url.raw alone; what Postman exports as text, its API serves as an object.
func (d *Document) RequestURL(request jackson.Value) string {
	if url := request.At("url"); d.Options.Export && url.IsText() {
		return url.AsText()
	}
	return request.At("url").At("raw").AsText()
}

// criteria are by what a request finds the example; its path is added to the
// operation.
func (r *reader) criteria(op *Operation, dispatcher string, rules *string, request jackson.Value) (criteria *string, unsure bool, cause *Cause) {
	url := r.RequestURL(request)
	switch {
	case dispatcher == URIParams:
		c, cause := r.paramCriteria(op.DispatcherRules, url)
		addPath(op, resourcePath(url))
		return &c, false, cause
	case dispatcher == URIParts || dispatcher == URIElements:
		variables := variablesOf(request)
		c, unsure, cause := r.partCriteria(rules, variables)
		if cause == nil && dispatcher == URIElements {
			var params string
			params, cause = r.paramCriteria(rules, url)
			c += params
		}
		addPath(op, instantiate(resourcePath(url), variables))
		return &c, unsure, cause
	case dispatcher == queryHeader && r.behaviour.queryHeader:
		c, cause := headerCriteria(rules, request)
		addPath(op, resourcePath(url))
		return &c, false, cause
	case dispatcher == queryArgs:
		criteria, unsure := r.argumentCriteria(rules, request)
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

// paramCriteria are the query parameters that the rules name: "?k=v?k2=v2",
// sorted. A name counts as named when it is any part of the rules' text.
func (r *reader) paramCriteria(rules *string, url string) (criteria string, cause *Cause) {
	if !strings.Contains(url, "?") || !strings.Contains(url, "=") {
		return "", nil
	}
	_, query, _ := strings.Cut(url, "?")
	type pair struct{ key, value string }
	var found []pair
	for _, param := range java.Split(query, "&") {
		kv := java.Split(param, "=")
		if len(kv) < 2 {
			if r.behaviour.valuelessCriteria {
				continue
			}
			if len(kv) == 0 {
				return "", outOfBounds(NamelessParameter, 0, 0)
			}
			if _, cause := r.behaviour.decode(kv[0]); cause != nil {
				return "", cause
			}
			return "", outOfBounds(ValuelessParameter, 1, 1)
		}
		k, cause := r.behaviour.decode(kv[0])
		if cause != nil {
			return "", cause
		}
		v, cause := r.behaviour.decode(kv[1])
		if cause != nil {
			return "", cause
		}
		if rules == nil {
			return "", &Cause{Kind: RulesMissing}
		}
		if !strings.Contains(*rules, k) {
			continue
		}
		p := pair{k, v}
		if !r.behaviour.repeatedCriteria {
			if i := slices.IndexFunc(found, func(o pair) bool { return o.key == k }); i >= 0 {
				found[i] = p
				continue
			}
		}
		found = append(found, p)
	}
	slices.SortFunc(found, func(a, b pair) int {
		if c := java.Compare(a.key, b.key); c != 0 {
			return c
		}
		return java.Compare(a.value, b.value)
	})
	var out strings.Builder
	for _, p := range slices.Compact(found) {
		out.WriteString("?" + p.key + "=" + p.value)
	}
	return out.String(), nil
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
		k := r.names(rule, v.name)
		if k.cause != nil {
			return "", false, k.cause
		}
		unsure = unsure || k.unsure
		if k.named {
			out.WriteString("/" + v.name + "=" + v.value)
		}
	}
	return out.String(), unsure, nil
}

// names tells whether rules name a variable: as a word of its own, with no
// hyphen beside it. The server puts the name into a regular expression as it is.
func (r *reader) names(rules, name string) keyVerdict {
	key := [2]string{rules, name}
	if k, known := r.keyRules[key]; known {
		return k
	}
	var k keyVerdict
	p, err := java.Compile(`.*(^|[^-])\b`+name+`\b([^-]|$).*`, r.behaviour.java)
	switch {
	case errors.Is(err, java.ErrUnsupported):
		k.unsure = true
	case err != nil:
		k.cause = &Cause{BadPattern, err}
	default:
		verdict := p.Match(rules).Verdict
		k.named, k.unsure = verdict == java.Matches, verdict == java.Undecided
	}
	if r.keyRules == nil {
		r.keyRules = map[[2]string]keyVerdict{}
	}
	r.keyRules[key] = k
	return k
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

// request is an example's request, or why reading it breaks the import.
func (r *reader) request(request jackson.Value) (out Request, cause *Cause) {
	out.Headers = headers(request.At("header"))
	switch body := request.At("body"); {
	case body.Has("raw"):
		out.Content = ptr(body.At("raw").AsText())
	case body.Has("graphql"):
		if r.wrapped && r.behaviour.rebuildsGraphQL {
			return out, &Cause{Kind: GraphQLBody}
		}
		out.Content = ptr(r.graphQL(body.At("graphql")))
	}
	url := request.At("url")
	for _, list := range []jackson.Value{url.At("variable"), url.At("query")} {
		for p := range list.Elements() {
			out.Parameters = append(out.Parameters, Parameter{p.At("key").AsText(), p.At("value").AsText()})
		}
	}
	if r.Options.Export && url.IsText() {
		out.Parameters = append(out.Parameters, queryOf(url.AsText())...)
	}
	return out, nil
}

// queryOf are the parameters of an address that is exported as a text: Postman
// takes it apart before its API serves it. What has no value has null.
func queryOf(url string) []Parameter {
	url, _, _ = strings.Cut(url, "#")
	_, query, any := strings.Cut(url, "?")
	if !any {
		return nil
	}
	var out []Parameter
	for _, param := range strings.Split(query, "&") {
		p := Parameter{"null", "null"}
		if param != "" {
			var valued bool
			if p.Name, p.Value, valued = strings.Cut(param, "="); !valued {
				p.Value = "null"
			}
		}
		out = append(out, p)
	}
	return out
}

// graphQL is the body of a GraphQL request as the server writes it anew.
func (r *reader) graphQL(body jackson.Value) string {
	query := body.At("query").AsText()
	if !r.behaviour.rebuildsGraphQL {
		return query // older servers put the variables' values into it
	}
	out := `{"query": "` + strings.ReplaceAll(query, "\n", `\n`) + `"`
	variables := body.At("variables").AsText()
	doc, err := jackson.Parse([]byte(variables), r.behaviour.jackson)
	if err == nil && doc.Root().Kind() == jackson.Object && doc.Root().Size() > 0 {
		out += `, "variables": ` + variables
	}
	return out + "}"
}

func (r *reader) response(v jackson.Value) Response {
	out := Response{
		Status:  v.At("code").AsTextOr("200"),
		Content: ptr(v.At("body").AsTextOr("")),
		Headers: headers(v.At("header")),
	}
	var types []string
	for _, h := range out.Headers {
		if strings.EqualFold(h.Name, "Content-Type") {
			types = append(types, h.Values[0])
		}
	}
	switch {
	case len(types) > 0:
		out.MediaType = types[0]
		if slices.Sort(types); len(slices.Compact(slices.Clone(types))) > 1 {
			out.MediaTypes = slices.Compact(types)
		}
	case v.At("_postman_previewlanguage").AsText() == "json":
		out.MediaType = "application/json"
	case v.At("_postman_previewlanguage").AsText() == "xml":
		out.MediaType = "text/xml"
	}
	return out
}

// headers of a message; nil when there are none.
func headers(v jackson.Value) []Header {
	var out []Header
	for h := range v.Elements() {
		out = append(out, Header{h.At("key").AsText(), []string{h.At("value").AsText()}})
	}
	return out
}
