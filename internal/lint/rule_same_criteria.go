package lint

import (
	"strings"

	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

var sameCriteria = Rule{
	ID: "PMI024", Name: "same-criteria", Level: result.Warning,
	Text: "Microcks finds an example by its dispatch criteria, and among several of one criteria by the media type that the call " +
		"accepts. Of those that are the same in both, or of an operation without a dispatcher, only one can ever be returned.",
	Hint: "give the requests of the examples different values for the parameters that decide, or choose a dispatcher for the " +
		"operation in Microcks",
	Bad: Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [
  {"name": "two pets", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "code": 200},
  {"name": "no pets", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "code": 200}
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
			mediaType string // by which a client chooses with Accept
		}
		first := map[key]*predict.Example{}
		for _, e := range s.Examples {
			op := s.Composed.Operations[e.Operation]
			if e.Unknown || op.Unknown || op.Override {
				continue
			}
			k := key{operation: e.Operation, mediaType: essenceOf(e.Response.MediaType)}
			if c := e.DispatchCriteria; c != nil {
				k.any, k.criteria = true, *c
			}
			switch other, again := first[k]; {
			case !again:
				first[k] = e.Example
			case s.mocks().instead[e.Example] != nil, s.mocks().instead[other] != nil: // which is a finding of its own
			case k.any:
				r.at(e.Value, "of the examples %s and %s only one can be returned: both have the criteria %s",
					quote(other.Name), quote(e.Name), quote(k.criteria))
			default:
				r.at(e.Value, "of the examples %s and %s only one can be returned: the operation %s has no dispatcher",
					quote(other.Name), quote(e.Name), quote(op.Name))
			}
		}
	},
}

// essenceOf a media type: what stands before its parameters.
func essenceOf(mediaType string) string {
	essence, _, _ := strings.Cut(mediaType, ";")
	return strings.ToLower(strings.TrimSpace(essence))
}
