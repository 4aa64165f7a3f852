package predict

var formDropped = Rule{
	ID: "PMI027", Name: "form-dropped", Level: Warning,
	Text: "Microcks keeps raw request bodies only. Form fields, multipart bodies and files of an example's request are dropped, so contract tests send no body.",
	Hint: "Nothing is wrong for mocks; for contract tests write the body as raw text.",
	Bad: Sample{Items: `[{"name": "add pet", "request": {"method": "POST", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [{
  "name": "added", "originalRequest": {"method": "POST", "url": {"raw": "{{baseUrl}}/pets"}, "body": {"mode": "urlencoded", "urlencoded": [{"key": "name", "value": "Rex"}]}}, "code": 201
}]}]`},
	Good: Sample{Items: `[{"name": "add pet", "request": {"method": "POST", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [{
  "name": "added", "originalRequest": {"method": "POST", "url": {"raw": "{{baseUrl}}/pets"}, "body": {"mode": "raw", "raw": "name=Rex"}}, "code": 201
}]}]`},
	check: func(s *subject, report report) {
		for _, e := range s.once() {
			body := e.At.At("originalRequest").At("body")
			if body.Has("raw") {
				continue
			}
			for _, mode := range []string{"urlencoded", "formdata", "file"} {
				if v := body.At(mode); v.Size() > 0 {
					report(v, "the "+mode+" body of the example "+quote(e.Name)+" is not kept")
				}
			}
		}
	},
}
