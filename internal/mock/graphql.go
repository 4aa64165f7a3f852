package mock

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"

	"postman-microcks-importer/internal/predict"
)

// queryArgs is the dispatcher of GraphQL operations with arguments.
const queryArgs = "QUERY_ARGS"

// graphQLCall asks for an example of a GraphQL service by the query that was saved with
// it. The server answers what was saved, without the members that the query does not
// select.
func (m *Mocks) graphQLCall(op *predict.Operation, ex *predict.Example) (Call, Uncalled) {
	if ex.Request.Content == nil || !selectsOne(*ex.Request.Content) {
		return Call{}, Uncalled{Reason: NotKnown}
	}
	m.meter.Work(len(*ex.Request.Content))
	call := Call{Operation: op, Below: m.below, Request: Request{
		Method: http.MethodPost, Body: ex.Request.Content, Headers: []predict.Header{
			{Name: "Accept", Values: []string{"*/*"}}, {Name: "Content-Type", Values: []string{"application/json"}},
		},
	}}
	call.Answer.Operation = op
	choices := m.choicesOf(op)
	found := choices.where(func(*choice) bool { return true })
	if op.Dispatcher == queryArgs {
		found = choices.of(ex.DispatchCriteria)
	}
	for _, c := range found {
		m.meter.Memory(answerBytes)
		candidate := m.sent(c, len(found) > 1)
		candidate.Body.Restricted = true
		call.Answer.Candidates = append(call.Answer.Candidates, candidate)
		call.Examples = append(call.Examples, c.Example)
	}
	if choices.unsure || len(found) == 0 {
		return Call{}, Uncalled{Reason: NotKnown}
	}
	return call, Uncalled{}
}

// selectsOne reports whether a body asks GraphQL for one field of the root, under its own
// name and without fragments or directives: what else can be asked for, servers answer
// in ways that are not told here.
func selectsOne(body string) bool {
	var request struct{ Query string }
	if json.Unmarshal([]byte(body), &request) != nil {
		return false
	}
	depth, fields := 0, 0
	text, names := withoutArguments(request.Query), 0
	for _, r := range text {
		switch {
		case r == '{':
			depth++
		case r == '}':
			depth--
		case r == ':' || r == '@' || r == '.' || r == '#':
			return false
		}
		name := r != '{' && r != '}' && r != ',' && r > ' '
		if name && names == 0 && depth == 1 {
			fields++
		}
		names = 0
		if name {
			names = 1
		}
	}
	return fields == 1 && depth == 0
}

// withoutArguments is a query without what stands in parentheses.
func withoutArguments(query string) string {
	var out strings.Builder
	depth, quoted := 0, false
	for i := range len(query) {
		switch c := query[i]; {
		case quoted:
			quoted = c != '"' || query[i-1] == '\\'
		case c == '"':
			quoted = true
		case c == '(':
			depth++
		case c == ')':
			depth--
		case depth == 0:
			out.WriteByte(c)
		}
	}
	return out.String()
}

// restrictsJSON reports whether an answer is JSON that was saved, or a part of it: some
// members of its objects.
func restrictsJSON(saved string, got []byte) bool {
	var a, b any
	return json.Unmarshal([]byte(saved), &a) == nil && json.Unmarshal(got, &b) == nil && restricts(a, b)
}

func restricts(saved, got any) bool {
	switch got := got.(type) {
	case map[string]any:
		whole, is := saved.(map[string]any)
		if !is || len(got) == 0 && len(whole) > 0 {
			return false
		}
		for name, value := range got {
			of, is := whole[name]
			if !is || !restricts(of, value) {
				return false
			}
		}
		return true
	case []any:
		whole, is := saved.([]any)
		if !is || len(got) != len(whole) {
			return false
		}
		for i := range got {
			if !restricts(whole[i], got[i]) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(saved, got)
}
