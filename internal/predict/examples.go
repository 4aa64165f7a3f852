package predict

import (
	"slices"
	"strings"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/jackson"
)

// reader makes examples of the responses of items.
type reader struct {
	*Document
	patience
	source   string                   // the sourceArtifact
	patterns map[string]namePattern   // of variables, by name
	named    map[[2]string]naming     // by rules and name
	times    []int                    // by item: how many operations read it
	shared   map[jackson.Value]saying // of items that several read
	made     int
	repeated int // bytes of lists that were read for an operation before
}

// saying is what an example says whatever operation it goes to.
type saying struct {
	request  Request
	response Response
	cause    *Cause // for which reading it breaks the import
}

func newReader(d *Document, source string, m *budget.Meter) *reader {
	return &reader{
		Document: d, source: source, patience: newPatience(m), patterns: map[string]namePattern{}, named: map[[2]string]naming{},
		times: make([]int, len(d.Items)), shared: map[jackson.Value]saying{},
	}
}

// read notes that an operation gets the examples of these items.
func (r *reader) read(items []int) {
	for _, i := range items {
		r.times[i]++
	}
}

// maxExamples bounds what a collection made for that purpose can blow up to.
const maxExamples = 200_000

// maxRepeated bounds the headers and parameters, in bytes, of examples that go to
// several operations, each time anew.
const maxRepeated = 4 << 20

// workOfExample is what reading an example costs.
const workOfExample = 60

// exampleBytes is the memory that an example takes, without its texts.
const exampleBytes = 300

// listed is the memory that an example takes in lists.
func (e *Example) listed() int {
	const ofHeader, ofParameter = 56, 32
	return exampleBytes + ofHeader*(len(e.Request.Headers)+len(e.Response.Headers)) + ofParameter*len(e.Request.Parameters)
}

// texts is the memory that the texts of an example take.
func (e *Example) texts() int {
	n := len(e.Response.Status) + len(e.Response.MediaType)
	for _, content := range []*string{e.Request.Content, e.Response.Content} {
		if content != nil {
			n += len(*content)
		}
	}
	for _, list := range [][]Header{e.Request.Headers, e.Response.Headers} {
		for _, h := range list {
			n += len(h.Name) + len(h.Values[0])
		}
	}
	for _, p := range e.Request.Parameters {
		n += len(p.Name) + len(p.Value)
	}
	return n
}

// examplesOf reads the responses of an item for an operation, whose resource
// paths they complete, unsorted. failed gets those that break the import.
func (r *reader) examplesOf(op *Operation, item int, yield func(Example, jackson.Value), failed func(jackson.Value, *Cause)) {
	chooses := rootDispatcher(op, r.behaviour)
	several := r.times[item] > 1
	responses := r.Items[item].Value.At("response")
	room := 0
	if !several { // room for a response is made once
		room = min(responses.Size(), max(0, maxExamples-r.made))
	}
	for response := range responses.Elements() {
		r.meter.Work(workOfExample)
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
		said, again := r.shared[response]
		if !again {
			said = r.says(response)
		}
		if said.cause != nil {
			failed(response, said.cause)
			continue
		}
		e.Request, e.Response = said.request, said.response
		if again {
			if r.repeated += e.listed() - exampleBytes; r.repeated > maxRepeated {
				op.Unknown = true
				return
			}
		} else {
			r.meter.Memory(e.texts())
		}
		r.meter.Memory(e.listed() + len(e.Name))
		if e.DispatchCriteria != nil {
			r.meter.Memory(len(*e.DispatchCriteria))
		}
		if several {
			r.shared[response] = said
		}
		op.Examples, room = slices.Grow(op.Examples, room), 0
		yield(e, response)
	}
}

func (r *reader) says(response jackson.Value) saying {
	request, cause := r.request(response.At("originalRequest"))
	if cause != nil {
		return saying{cause: cause}
	}
	return saying{request: request, response: r.response(response)}
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
	return out, nil
}

// graphQL is the body of a GraphQL request as the server writes it anew.
func (r *reader) graphQL(body jackson.Value) string {
	query := body.At("query").AsText()
	if !r.behaviour.rebuildsGraphQL {
		return query // older servers put the variables' values into it
	}
	out := `{"query": "` + strings.ReplaceAll(query, "\n", `\n`) + `"`
	variables := body.At("variables").AsText()
	doc, err := jackson.ParseWithin(r.meter, []byte(variables), r.behaviour.jackson)
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
	n := v.Size()
	if n == 0 {
		return nil
	}
	out, values := make([]Header, 0, n), make([]string, 0, n)
	for h := range v.Elements() {
		i := len(values)
		values = append(values, h.At("value").AsText())
		out = append(out, Header{h.At("key").AsText(), values[i : i+1 : i+1]})
	}
	return out
}
