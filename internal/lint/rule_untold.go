package lint

import "postman-microcks-importer/internal/result"

var untold = Rule{
	ID: "PMI037", Name: "untold", Level: result.Note,
	Text: "The server uses this operation's name or this example's path variables as a regular expression that cannot be predicted " +
		"here, or one that takes too long. They are imported, but examples, paths and criteria are not compared. A collection that takes " +
		"more work or memory than one may take is not judged at all, and not imported.",
	Hint: "use letters, digits, slashes and hyphens only in the path and in variable names",
	Bad: Sample{Items: `[{"name": "one pet", "request": {"method": "GET",
  "url": {"raw": "{{baseUrl}}/pets/\\X"}}, "response": []}]`},
	Good: Sample{Items: `[{"name": "one pet", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets/x"}}, "response": []}]`},
	check: func(s *subject, r *reporter) {
		if s.Composed == nil {
			return
		}
		first := map[string]int{}
		for _, op := range s.Document.Operations {
			first[op.Name] = op.Item
		}
		for _, op := range s.Composed.Operations {
			if i, own := first[op.Name]; own && op.Unknown {
				r.at(s.Document.Items[i].Value, "what becomes of the operation %s cannot be predicted for certain", quote(op.Name))
			}
		}
		for _, e := range s.distinctExamples() {
			if e.Unknown {
				r.at(e.Value, "the criteria of the example %s cannot be predicted for certain", quote(e.Name))
			}
		}
	},
}
