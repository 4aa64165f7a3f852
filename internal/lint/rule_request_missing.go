package lint

import (
	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

var requestMissing = Rule{
	ID: "PMI025", Name: "request-missing", Level: result.Warning,
	Text: "Microcks reads the parameters by which it finds an example from the request that Postman saves with it, and only from " +
		"an address that is an object with `raw`. Without one the criteria are empty and the operation gets an empty path beside its " +
		"own.",
	Hint: "save the example again from a sent request, so that Postman keeps its original request",
	Bad: Sample{Items: `[{"name": "list pets", "request": {"method": "GET",
  "url": {"raw": "{{baseUrl}}/pets?status=new"}}, "response": [{"name": "new pets", "code": 200}]}]`},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		for _, e := range s.distinctExamples() {
			request := e.Value.At("originalRequest")
			switch {
			case e.Value.Kind() != jackson.Object:
				r.at(e.Value, "the example is not an object, so it becomes an empty answer without a name")
			case request.Kind() == jackson.Missing || request.Kind() == jackson.Null:
				r.at(e.Value, "the example %s has no original request, so it cannot be chosen by parameters", quote(e.Name))
			case request.At("url").IsText():
				r.at(request.At("url"), "the address of the example %s is a text, not an object with raw, so its parameters are not seen",
					quote(e.Name))
			case predict.RequestURL(request) == "" && !request.At("url").IsText():
				r.at(request, "the request of the example %s has no raw address, so its parameters are not seen", quote(e.Name))
			}
		}
	},
}
