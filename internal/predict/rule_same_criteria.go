package predict

var sameCriteria = Rule{
	ID: "PMI024", Name: "same-criteria", Level: Warning,
	Text: "Microcks finds an example by its dispatch criteria. Of several examples of an operation with the same criteria, or of an operation without a dispatcher, " +
		"only one can ever be returned.",
	Hint: "Give the requests of the examples different values for the parameters that decide, or choose a dispatcher for the operation in Microcks.",
	Bad: Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [
  {"name": "two pets", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "code": 200},
  {"name": "no pets", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "code": 404}
]}]`},
	Good: Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?status=new"}}, "response": [
  {"name": "two pets", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?status=new"}}, "code": 200},
  {"name": "no pets", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?status=old"}}, "code": 404}
]}]`},
	check: func(s *subject, report report) {
		type key struct {
			op       int
			criteria string
		}
		first := map[key]string{}
		for _, e := range s.Examples {
			op := s.Composed.Operations[e.Operation]
			if e.Unknown || op.Unknown || op.Override {
				continue
			}
			k := key{e.Operation, "none"}
			if c := e.DispatchCriteria; c != nil {
				k.criteria = "=" + *c
			}
			other, again := first[k]
			if !again {
				first[k] = e.Name
				continue
			}
			what := "the operation " + quote(op.Name) + " has no dispatcher"
			if c := e.DispatchCriteria; c != nil {
				what = "both have the criteria " + quote(*c)
			}
			report(e.At, "of the examples "+quote(other)+" and "+quote(e.Name)+" only one can be returned: "+what)
		}
	},
}
