package lint

import (
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

var secondaryMatchesNothing = Rule{
	ID: "PMI036", Name: "secondary-matches-nothing", Level: result.Warning,
	Text: "A secondary artifact gives examples to the operations that the service has. Requests whose method and path match none " +
		"of them are left out silently.",
	Hint: "write the request's method and path as the main artifact has them; {id} there is :id in Postman",
	Bad: Sample{
		Note:      "The collection is a secondary artifact; the service has the operation `GET /cats` only.",
		Secondary: true, Existing: pets(predict.Operation{Name: "GET /cats", Method: "GET"}),
	},
	Good: Sample{
		Note:      "The collection is a secondary artifact; the service has the operation `GET /pets`.",
		Secondary: true, Existing: pets(predict.Operation{Name: "GET /pets", Method: "GET"}),
	},
	check: func(s *subject, r *reporter) {
		if s.Target.Main || s.Existing == nil {
			return
		}
		hit := make([]bool, len(s.Document.Items))
		for _, hits := range s.Sources {
			for _, h := range hits {
				hit[h] = true
			}
		}
		for i, it := range s.Document.Items {
			if !hit[i] {
				r.at(it.Value, "the service has no operation that matches %s", quote(it.Operation))
			}
		}
	},
}
