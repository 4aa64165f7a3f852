package predict

import "postman-microcks-importer/internal/jackson"

var requestMissing = Rule{
	ID: "PMI025", Name: "request-missing", Level: Warning,
	Text: "Microcks reads the parameters by which it finds an example from the request that Postman saves with it, and only from an address that is an object with `raw`. " +
		"Without one the criteria are empty and the operation gets an empty path beside its own.",
	Hint: "Save the example again from a sent request, so that Postman keeps its original request.",
	Bad:  Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?status=new"}}, "response": [{"name": "new pets", "code": 200}]}]`},
	Good: Sample{},
	check: func(s *subject, report report) {
		for _, e := range s.once() {
			request := e.At.At("originalRequest")
			switch {
			case e.At.Kind() != jackson.Object:
				report(e.At, "the example is no object, so it becomes an empty answer without a name")
			case request.Kind() == jackson.Missing || request.Kind() == jackson.Null:
				report(e.At, "the example "+quote(e.Name)+" has no original request, so it cannot be chosen by parameters")
			case request.At("url").IsText() && !s.Document.Options.Export:
				report(request.At("url"), "the address of the example "+quote(e.Name)+" is a text, not an object with raw, so its parameters are not seen")
			case s.Document.RequestURL(request) == "" && !request.At("url").IsText():
				report(request, "the request of the example "+quote(e.Name)+" has no raw address, so its parameters are not seen")
			}
		}
	},
}
