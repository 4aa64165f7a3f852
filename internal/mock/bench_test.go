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

// Predicting what is imported, with every call and its answer, beside reading the JSON.
func BenchmarkPredictionWithCalls(b *testing.B) {
	raw := large(b)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		meter := budget.New(b.Context())
		im := predict.ReadWithin(meter, raw, predict.Options{}).ImportWithin(meter, predict.Target{Main: true})
		if calls, _ := mock.Of(im.Service, mock.Options{Meter: meter}).Calls(nil); len(calls) != 3000 {
			b.Fatal(len(calls))
		}
	}
}

func BenchmarkPredictionAlone(b *testing.B) {
	raw := large(b)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		predict.Read(raw, predict.Options{}).Import(predict.Target{Main: true})
	}
}

func BenchmarkUnmarshal(b *testing.B) {
	raw := large(b)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		var v any
		if err := json.Unmarshal(raw, &v); err != nil {
			b.Fatal(err)
		}
	}
}
