package lint

import "postman-microcks-importer/internal/result"

var sameCriteria = Rule{
	ID: "PMI024", Name: "same-criteria", Level: result.Warning,
	Text: "Microcks finds an example by its dispatch criteria. Of several examples of an operation with the same criteria, or of " +
		"an operation without a dispatcher, only one can ever be returned.",
	Hint: "give the requests of the examples different values for the parameters that decide, or choose a dispatcher for the " +
		"operation in Microcks",
	Bad: Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [
  {"name": "two pets", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "code": 200},
  {"name": "no pets", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "code": 404}
]}]`},
	Good: Sample{Items: `[{"name": "list pets", "request": {"method": "GET",
  "url": {"raw": "{{baseUrl}}/pets?status=new"}}, "response": [
  {"name": "two pets", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?status=new"}}, "code": 200},
  {"name": "no pets", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?status=old"}}, "code": 404}
]}]`},
	check: func(s *subject, r *reporter) {
		type key struct {
			operation int
			any       bool // an operation without a dispatcher has no criteria
			criteria  string
		}
		first := map[key]string{}
		for _, e := range s.Examples {
			op := s.Composed.Operations[e.Operation]
			if e.Unknown || op.Unknown || op.Override {
				continue
			}
			k := key{operation: e.Operation}
			if c := e.DispatchCriteria; c != nil {
				k.any, k.criteria = true, *c
			}
			switch other, again := first[k]; {
			case !again:
				first[k] = e.Name
			case k.any:
				r.at(e.Value, "of the examples %s and %s only one can be returned: both have the criteria %s",
					quote(other), quote(e.Name), quote(k.criteria))
			default:
				r.at(e.Value, "of the examples %s and %s only one can be returned: the operation %s has no dispatcher",
					quote(other), quote(e.Name), quote(op.Name))
			}
		}
	},
}
