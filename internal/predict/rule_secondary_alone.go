package predict

var secondaryAlone = Rule{
	ID: "PMI035", Name: "secondary-alone", Level: Error,
	Text: "A secondary artifact only adds to a service that exists. Without one of exactly this name and version the server skips it silently and reports success.",
	Hint: "Import the main artifact first, and check that name and version are equal in both.",
	Bad:  Sample{Note: "The collection is a secondary artifact; Microcks has no service `Pets` `1.0`.", Secondary: true},
	Good: Sample{
		Note:      "The collection is a secondary artifact; Microcks has the service.",
		Secondary: true, Existing: &Service{Name: "Pets", Version: "1.0", Operations: []Operation{{Name: "GET /pets", Method: "GET"}}},
	},
	check: func(s *subject, report report) {
		if s.Outcome == Skipped && s.Document.Parsed() {
			report(s.Document.Root.At("info"), "there is no service "+quote(s.Name)+" "+quote(s.Version)+" that this secondary artifact could add to")
		}
	},
}
