package predict

var valuelessParameter = Rule{
	ID: "PMI015", Name: "valueless-parameter", Level: Error,
	Text: "Before 1.10.0 Microcks answers 500 to an example with a query parameter that has no value (`?status=`, `?flag`).",
	Hint: "Give every query parameter of the example a value, or use Microcks 1.10.0 or newer.",
	Bad: Sample{
		Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?status=new"}}, "response": [{
  "name": "all", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?status="}}, "code": 200
}]}]`,
		Note: "Microcks 1.9.0.", Version: "1.9.0",
	},
	Good: Sample{
		Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?status=new"}}, "response": [{
  "name": "all", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets?status=any"}}, "code": 200
}]}]`,
		Note: "Microcks 1.9.0.", Version: "1.9.0",
	},
	check: func(s *subject, report report) {
		for _, f := range s.Document.Failures {
			if f.Cause.Kind == ValuelessParameter {
				report(f.At, "the address "+quote(f.At.AsText())+" has a parameter without a value, which this version of Microcks cannot read")
			}
		}
		for _, c := range s.crashes() {
			if c.Cause.Kind == ValuelessParameter {
				report(c.At, "the example's address "+quote(s.Document.RequestURL(c.At.At("originalRequest")))+" has a parameter without a value, which this version of Microcks cannot read")
			}
		}
	},
}
