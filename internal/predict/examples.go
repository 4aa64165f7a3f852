package predict

import (
	"slices"
	"strings"

	"postman-microcks-importer/internal/jackson"
)

// reader makes examples of the responses of items.
type reader struct {
	*Document
	source string               // the sourceArtifact
	named  map[[2]string]naming // by rules and name
	made   int
}

// maxExamples bounds what a collection made for that purpose can blow up to.
const maxExamples = 400_000

// examplesOf reads the responses of one item for an operation, whose resource
// paths they complete. failed gets those that break the import.
func (r *reader) examplesOf(op *Operation, it Item, yield func(Example, jackson.Value), failed func(jackson.Value, *Cause)) {
	chooses := rootDispatcher(op, r.behaviour)
	for response := range it.Value.At("response").Elements() {
		if r.made++; r.made > maxExamples {
			op.Unknown = true
			return
		}
		request := response.At("originalRequest")
		e := Example{Name: response.At("name").AsText(), SourceArtifact: r.source}
		var cause *Cause
		if e.DispatchCriteria, e.Unknown, cause = r.criteria(op, chooses, request); cause != nil {
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

// request is an example's request, or why reading it breaks the import.
func (r *reader) request(request jackson.Value) (out Request, cause *Cause) {
	out.Headers = headers(request.At("header"))
	switch body := request.At("body"); {
	case body.Has("raw"):
		out.Content = new(body.At("raw").AsText())
	case body.Has("graphql"):
		if r.wrapped && r.behaviour.rebuildsGraphQL {
			return out, &Cause{Kind: GraphQLBody}
		}
		out.Content = new(r.graphQL(body.At("graphql")))
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
		Content: new(v.At("body").AsTextOr("")),
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
