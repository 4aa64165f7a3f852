package predict

var operationEdited = Rule{
	ID: "PMI039", Name: "operation-edited", Level: Note,
	Text: "An operation whose dispatcher somebody set in Microcks keeps it, with its rules, whatever the collection says. " +
		"Microcks does not tell which operations were edited; this one has a dispatcher that no collection makes.",
	Hint: "Leave it if it is meant so; otherwise reset the operation's dispatcher in Microcks.",
	Bad: Sample{
		Note:     "In Microcks somebody set the dispatcher `SCRIPT` on the operation.",
		Existing: &Service{Name: "Pets", Version: "1.0", Operations: []Operation{{Name: "GET /pets", Dispatcher: "SCRIPT", DispatcherRules: ptr("'two pets'")}}},
	},
	Good: Sample{
		Note:     "Microcks has the operation as a collection makes it.",
		Existing: &Service{Name: "Pets", Version: "1.0", Operations: []Operation{{Name: "GET /pets"}}},
	},
	check: func(s *subject, report report) {
		if !s.Target.Main || s.Existing == nil {
			return
		}
		first := map[string]int{}
		for _, op := range s.Document.Operations {
			first[op.Name] = op.Item
		}
		for _, op := range s.Composed.Operations {
			if op.Override {
				report(s.Document.Items[first[op.Name]].Value, "the operation "+quote(op.Name)+" keeps "+editedText(op)+", which was set in Microcks")
			}
		}
	},
}

func editedText(op Operation) string {
	if op.Dispatcher == "" {
		return "its lack of a dispatcher"
	}
	return "its dispatcher " + op.Dispatcher
}
