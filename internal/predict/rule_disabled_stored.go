package predict

var disabledStored = Rule{
	ID: "PMI031", Name: "disabled-stored", Level: Note,
	Text: "Microcks stores query parameters that are switched off in Postman like any other, and contract tests send them.",
	Hint: "Remove the parameter from the example's request.",
	Bad: Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [{
  "name": "two pets", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets", "query": [{"key": "debug", "value": "1", "disabled": true}]}}, "code": 200
}]}]`},
	Good: Sample{},
	check: func(r *run, report report) {
		for _, e := range r.once() {
			url := e.response.at("originalRequest").at("url")
			for _, list := range []value{url.at("query"), url.at("variable")} {
				for _, p := range list.elements {
					if p.at("disabled").kind() == boolKind && p.at("disabled").asText() == "true" {
						report(p, "the parameter "+quote(p.at("key").asText())+" of the example "+quote(e.example.Name)+" is switched off, and stored all the same")
					}
				}
			}
		}
	},
}
