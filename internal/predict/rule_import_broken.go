package predict

var importBroken = Rule{
	ID: "PMI038", Name: "import-broken", Level: Error,
	Text:  "The server refuses or breaks this import for a reason that no other finding names.",
	Hint:  "Look at the message, and at the server's log.",
	Bad:   Sample{}, // none is known
	Good:  Sample{},
	check: func(*subject, report) {}, // see explained
}
