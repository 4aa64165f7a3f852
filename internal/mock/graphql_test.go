package mock_test

import (
	"net/http"
	"strconv"
	"testing"

	"postman-microcks-importer/internal/mock"
	"postman-microcks-importer/internal/predict"
)

// films is a GraphQL service with the examples that a collection added to it.
func films(body string) *predict.Service {
	saved := func(name, criteria, request, response string) predict.Example {
		e := predict.Example{Name: name, Request: predict.Request{Content: &request}}
		e.Response = predict.Response{Status: "200", MediaType: "application/json", Content: &response}
		e.DispatchCriteria = &criteria
		return e
	}
	return &predict.Service{Name: "Films API", Version: "1.0", Type: predict.TypeGraphQL, Operations: []predict.Operation{{
		Name: "film", Method: "QUERY", Dispatcher: "QUERY_ARGS", DispatcherRules: new("id"), Examples: []predict.Example{
			saved("one", "?id=1", body, `{"data":{"film":{"id":"1","title":"A","cast":[{"name":"x","age":7}]}}}`),
			saved("two", "?id=2", `{"query":"{film(id: \"2\"){id}}"}`, `{"data":{"film":{"id":"2","title":"B"}}}`),
		},
	}}}
}

// An example of a GraphQL service is asked for by its own query, and comes back with what
// the query selects.
func TestGraphQL(t *testing.T) {
	t.Parallel()
	const body = `{"query":"query film($id: String) {\n film(id: $id) { id title cast { name } }\n}","variables":{"id":"1"}}`
	calls, uncalled := mock.Of(films(body), mock.Options{}).Calls(nil)
	if len(calls) != 2 || len(uncalled) != 0 {
		t.Fatalf("calls %+v, not called %+v", calls, uncalled)
	}
	c := calls[0]
	if c.Path() != "/graphql/Films%20API/1.0" || c.Request.Method != http.MethodPost || *c.Request.Body != body {
		t.Errorf("%s %s", c.Request.Method, c.Path())
	}
	for got, right := range map[string]bool{
		`{"data":{"film":{"id":"1","title":"A","cast":[{"name":"x"}]}}}`:         true,
		`{"data":{"film":{"id":"1","title":"A","cast":[{"name":"x","age":7}]}}}`: true,
		`{"data":{"film":{"id":"2","title":"B"}}}`:                               false,
		`{"data":{"film":{"id":"1","title":"A","cast":[]}}}`:                     false,
		`{"data":{"film":{"id":"1","director":"y"}}}`:                            false,
		`{"data":{}}`: false,
		`{}`:          false,
		`[]`:          false,
		`no JSON`:     false,
	} {
		response := mock.Response{Status: 200, Header: http.Header{"Content-Type": {"application/json;charset=UTF-8"}}, Body: []byte(got)}
		if _, differences := c.Answer.Judge(response); (len(differences) == 0) != right {
			t.Errorf("%s: %v", got, differences)
		}
	}
}

// What a query asks for beyond one field of the root is not told.
func TestGraphQLBeyond(t *testing.T) {
	t.Parallel()
	for query, told := range map[string]bool{
		`{ film(id: "1") { id } }`:                  true,
		`query { film (id: "a)b{c}") { id, title}}`: true,
		`{ film { id } other { id } }`:              false,
		`{ mine: film { id } }`:                     false,
		`{ film { ...parts } }`:                     false,
		`{ film @include(if: true) { id } }`:        false,
		`{ film { id }`:                             false,
		``:                                          false,
	} {
		request := `{"query":` + strconv.Quote(query) + `}`
		if _, not := mock.Of(films(request), mock.Options{}).Calls(nil); (len(not) == 0) != told {
			t.Errorf("%s: not called %+v", query, not)
		}
	}
	for _, body := range []string{"", "no JSON", `{"query":7}`, `[]`} {
		if _, not := mock.Of(films(body), mock.Options{}).Calls(nil); len(not) != 1 || not[0].Reason != mock.NotKnown {
			t.Errorf("%s: not called %+v", body, not)
		}
	}
}
