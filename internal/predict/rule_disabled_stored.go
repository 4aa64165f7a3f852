package predict

import "postman-microcks-importer/internal/jackson"

var disabledStored = Rule{
	ID: "PMI031", Name: "disabled-stored", Level: Note,
	Text: "Microcks stores query parameters that are switched off in Postman like any other, and contract tests send them.",
	Hint: "Remove the parameter from the example's request.",
	Bad: Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [{
  "name": "two pets", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets", "query": [{"key": "debug", "value": "1", "disabled": true}]}}, "code": 200
}]}]`},
	Good: Sample{},
	check: func(s *subject, report report) {
		for _, e := range s.once() {
			url := e.At.At("originalRequest").At("url")
			for _, list := range []jackson.Value{url.At("query"), url.At("variable")} {
				for p := range list.Elements() {
					if p.At("disabled").Kind() == jackson.Bool && p.At("disabled").AsText() == "true" {
						report(p, "the parameter "+quote(p.At("key").AsText())+" of the example "+quote(e.Name)+" is switched off, and stored all the same")
					}
				}
			}
		}
	},
}
