package lint

import "postman-microcks-importer/internal/result"

var formDropped = Rule{
	ID: "PMI027", Name: "form-dropped", Level: result.Warning,
	Text: "Microcks keeps raw request bodies only. Form fields, multipart bodies and files of an example's request are dropped, so " +
		"contract tests send no body.",
	Hint: "nothing is wrong for mocks; for contract tests write the body as raw text",
	Bad: Sample{Items: `[{"name": "add pet", "request": {"method": "POST", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [{
  "name": "added", "originalRequest": {"method": "POST", "url": {"raw": "{{baseUrl}}/pets"},
  "body": {"mode": "urlencoded", "urlencoded": [{"key": "name", "value": "Rex"}]}}, "code": 201
}]}]`},
	Good: Sample{Items: `[{"name": "add pet", "request": {"method": "POST", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [{
  "name": "added", "originalRequest": {"method": "POST", "url": {"raw": "{{baseUrl}}/pets"}, "body": {"mode": "raw",
  "raw": "name=Rex"}}, "code": 201
}]}]`},
	check: func(s *subject, r *reporter) {
		for _, e := range s.distinctExamples() {
			body := e.Value.At("originalRequest").At("body")
			if body.Has("raw") {
				continue
			}
			for _, mode := range []string{"urlencoded", "formdata", "file"} {
				if v := body.At(mode); v.Size() > 0 {
					r.at(v, "the %s body of the example %s is not kept", mode, quote(e.Name))
				}
			}
		}
	},
}
