package mock_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/mock"
	"postman-microcks-importer/internal/predict"
)

// large is a collection of many operations as people write them: versions,
// parts, three examples each, with bodies of a kilobyte.
func large(b *testing.B) []byte {
	b.Helper()
	type object = map[string]any
	var items []object
	for i := range 1000 {
		path := fmt.Sprintf("/api/v1/things%d/:id", i)
		var responses []object
		for k := range 3 {
			responses = append(responses, object{
				"name": fmt.Sprint("example ", k), "code": 200, "status": "OK", "_postman_previewlanguage": "json",
				"header": []object{{"key": "Content-Type", "value": "application/json"}, {"key": "X-Request-Id", "value": "7"}},
				"body":   fmt.Sprintf(`{"id":%d,"things":[%s{}]}`, k, strings.Repeat(`{"name":"a thing of no interest","tags":["a"]},`, 20)),
				"originalRequest": object{"method": "GET", "header": []object{{"key": "Accept", "value": "application/json"}}, "url": object{
					"raw": "{{baseUrl}}" + path, "host": []string{"{{baseUrl}}"}, "path": []string{"api", "v1.0", fmt.Sprint("things", i), ":id"},
					"variable": []object{{"key": "id", "value": fmt.Sprint(k)}},
				}},
			})
		}
		items = append(items, object{"name": path, "response": responses, "request": object{
			"method": "GET", "url": object{"raw": "{{baseUrl}}" + path}, "description": "Reads one thing.",
		}})
	}
	raw, err := json.Marshal(object{"collection": object{"info": object{"name": "Things", "description": "version=1.0 x"}, "item": items}})
	if err != nil {
		b.Fatal(err)
	}
	return raw
}

// small is a collection of 15,000 operations of 300 bytes: one example each,
// without body, and a dispatcher that reads a part and a parameter.
func small(b *testing.B) []byte {
	b.Helper()
	var items []string
	for i := range 15_000 {
		url := fmt.Sprintf("{{baseUrl}}/things%d/:id?kind=a", i)
		items = append(items, fmt.Sprintf(`{"name":"one thing","request":{"method":"GET","header":[],"url":{"raw":%[1]q}},"response":[`+
			`{"name":"one","originalRequest":{"url":{"raw":%[1]q,"variable":[{"key":"id","value":"7"}]}},"code":200}]}`, url))
	}
	return []byte(`{"collection":{"info":{"name":"Things","description":"version=1.0 x"},"item":[` + strings.Join(items, ",") + `]}}`)
}

// overBoth runs a benchmark over both collections. calls are those of all operations.
func overBoth(b *testing.B, one func(b *testing.B, raw []byte, calls int)) {
	for _, c := range []struct {
		name  string
		make  func(*testing.B) []byte
		calls int
	}{{"large", large, 3000}, {"small", small, 15_000}} {
		b.Run(c.name, func(b *testing.B) {
			raw := c.make(b)
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				one(b, raw, c.calls)
			}
		})
	}
}

// Predicting what is imported, with every call and its answer, beside reading the JSON.
func BenchmarkPredictionWithCalls(b *testing.B) {
	overBoth(b, func(b *testing.B, raw []byte, want int) {
		meter := budget.New(b.Context())
		im := predict.ReadWithin(meter, raw, predict.Options{}).ImportWithin(meter, predict.Target{Main: true})
		if calls, _ := mock.Of(im.Service, mock.Options{Meter: meter}).Calls(nil); len(calls) != want {
			b.Fatal(len(calls))
		}
	})
}

func BenchmarkPredictionAlone(b *testing.B) {
	overBoth(b, func(_ *testing.B, raw []byte, _ int) {
		predict.Read(raw, predict.Options{}).Import(predict.Target{Main: true})
	})
}

func BenchmarkUnmarshal(b *testing.B) {
	overBoth(b, func(b *testing.B, raw []byte, _ int) {
		var v any
		if err := json.Unmarshal(raw, &v); err != nil {
			b.Fatal(err)
		}
	})
}
