package predict

var noOperations = Rule{
	ID: "PMI009", Name: "no-operations", Level: Warning,
	Text: "A collection without requests is imported as a service without operations, and reported as a success.",
	Hint: "Add requests to the collection, or check that the right one is imported.",
	Bad:  Sample{Items: `[{"name": "an empty folder", "item": []}]`},
	Good: Sample{},
	check: func(r *run, report report) {
		if root := r.coll.root; r.doc != nil && root.At("info").Exists() && len(r.items) == 0 {
			report(root, "the collection has no requests, so the service has no operations")
		}
	},
}
