package lint

import (
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

var operationEdited = Rule{
	ID: "PMI039", Name: "operation-edited", Level: result.Note,
	Text: "An operation whose dispatcher somebody set in Microcks keeps it, with its rules, whatever the collection says. " +
		"Microcks does not tell which operations were edited; this one has a dispatcher that no collection makes.",
	Hint: "leave it if that is intended; otherwise reset the operation's dispatcher in Microcks",
	Bad: Sample{
		Note:     "In Microcks somebody set the dispatcher `SCRIPT` on the operation.",
		Existing: pets(predict.Operation{Name: "GET /pets", Dispatcher: "SCRIPT", DispatcherRules: new("'two pets'")}),
	},
	Good: Sample{
		Note:     "Microcks has the operation as a collection makes it.",
		Existing: pets(predict.Operation{Name: "GET /pets"}),
	},
	check: func(s *subject, r *reporter) {
		if !s.Target.Main || s.Existing == nil {
			return
		}
		first := map[string]int{}
		for _, op := range s.Document.Operations {
			first[op.Name] = op.Item
		}
		for _, op := range s.Composed.Operations {
			switch at := s.Document.Items[first[op.Name]].Value; {
			case !op.Override:
			case op.Dispatcher == "":
				r.at(at, "the operation %s keeps its lack of a dispatcher, which was set in Microcks", quote(op.Name))
			default:
				r.at(at, "the operation %s keeps its dispatcher %s, which was set in Microcks", quote(op.Name), op.Dispatcher)
			}
		}
	},
}
