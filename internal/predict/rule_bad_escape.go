package predict

import "strings"

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
	check: func(r *run, report report) {
		for _, f := range r.failed {
			if strings.HasPrefix(f.message, "URLDecoder") {
				report(f.at, "the address "+quote(f.at.AsText())+" has a parameter whose escape cannot be decoded")
			}
		}
		for _, c := range distinct(r.crashes) {
			if strings.HasPrefix(c.message, "URLDecoder") {
				url := r.coll.requestURL(c.at.At("originalRequest"))
				report(c.at, "the example's address "+quote(url)+" has a parameter whose escape cannot be decoded")
			}
		}
	},
}
