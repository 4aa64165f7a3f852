package predict

import "postman-microcks-importer/internal/jackson"

var unreadable = Rule{
	ID: "PMI007", Name: "unreadable", Level: Error,
	Text: "What is not valid JSON in UTF-8 cannot be read: a truncated answer, a compressed one, a text in another encoding.",
	Hint: "Export or download the collection again, and check that nothing on the way compresses or cuts it.",
	Bad:  Sample{Raw: `{"collection":{"info":{"name":"Pets","descr`},
	Good: Sample{Raw: `{"collection":{"info":{"name":"Pets","description":"version=1.0 - the pets"},"item":[]}}`},
	check: func(r *run, report report) {
		switch {
		case r.trouble.kind == notUTF8 && len(r.raw) > 2 && r.raw[0] == 0x1F && r.raw[1] == 0x8B:
			report(jackson.Value{}, "the answer is compressed, which Microcks did not ask for and does not undo")
		case r.trouble.kind == notUTF8:
			report(jackson.Value{}, "the text is not UTF-8")
		case r.trouble.kind == notJSON:
			report(byteAt(r.trouble.syntax.Offset), "the text is no JSON from here on: "+r.trouble.syntax.Reason())
		}
	},
}
