package predict

var badEscape = Rule{
	ID: "PMI013", Name: "bad-escape", Level: Error,
	Text: "Microcks decodes query parameters. A `%` that does not begin an escape of two hexadecimal digits breaks the import: in a parameter's name in a request " +
		"the import is refused, in an example the server answers 500.",
	Hint: "Write a percent sign in an address as %25.",
	Bad: Sample{Items: `[{"name": "sale", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/sale?rate=5"}}, "response": [{
  "name": "half price", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/sale?rate=50%"}}, "code": 200
}]}]`},
	Good: Sample{Items: `[{"name": "sale", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/sale?rate=5"}}, "response": [{
  "name": "half price", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/sale?rate=50%25"}}, "code": 200
}]}]`},
	check: func(s *subject, report report) {
		for _, f := range s.Document.Failures {
			if f.Cause.Kind == BadEscape {
				report(f.At, "the address "+quote(f.At.AsText())+" has a parameter whose escape cannot be decoded")
			}
		}
		for _, c := range s.crashes() {
			if c.Cause.Kind == BadEscape {
				url := s.Document.RequestURL(c.At.At("originalRequest"))
				report(c.At, "the example's address "+quote(url)+" has a parameter whose escape cannot be decoded")
			}
		}
	},
}
