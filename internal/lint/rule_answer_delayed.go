package lint

import (
	"postman-microcks-importer/internal/mock"
	"postman-microcks-importer/internal/result"
)

var answerDelayed = Rule{
	ID: "PMI053", Name: "answer-delayed", Level: result.Note,
	Text: "Microcks reads a query parameter `delay` of any call as milliseconds to wait before it answers.",
	Hint: "give the parameter another name if it means something else in your API",
	Bad: Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?delay=30000"}}, "response": [{
  "name": "two pets", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?delay=30000",
  "query": [{"key": "delay", "value": "30000"}]}}, "code": 200}]}]`},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		for _, e := range s.distinctExamples() {
			if u, not := s.mocks().uncalled[e.Example]; not && u.Reason == mock.Delayed {
				r.at(e.Value, "the mock of the example %s waits as long as the query parameter delay says", quote(e.Name))
			}
		}
	},
}
