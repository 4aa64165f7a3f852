package lint

import (
	"postman-microcks-importer/internal/gitformat"
	"postman-microcks-importer/internal/result"
)

// What a folder in Postman's git format holds that makes no part of its collection, or
// makes one although Postman itself would not read it.

const definitionOfPets = "$kind: collection\nname: Pets\ndescription: version=1.0 - the pets\n"

var listPets = []SampleFile{
	{gitformat.Definition, definitionOfPets},
	{"list pets.request.yaml", "$kind: http-request\nmethod: GET\nurl: '{{baseUrl}}/pets'\n"},
	{".resources/list pets.resources/examples/two pets.example.yaml", `$kind: http-example
request: {method: GET, url: '{{baseUrl}}/pets'}
response: {statusCode: 200, headers: {Content-Type: application/json}, body: {type: json, content: '[]'}}
`},
}

var partUnknown = Rule{
	ID: "PMI055", Name: "part-unknown", Level: result.Error,
	Text: "In a folder of Postman's git format each file says by `$kind` what it is, and `.resources` holds definitions and examples" +
		" alone. What says another kind that Postman does not know, or lies there and is neither, is most likely one that was meant to" +
		" be a request or an example: the collection is not imported without it.",
	Hint: "correct the file's $kind or its name (NAME.request.yaml, NAME.example.yaml), move it, or remove it",
	Bad: Sample{Folder: []SampleFile{
		{gitformat.Definition, definitionOfPets},
		{"list pets.request.yaml", "$kind: http-requests\nmethod: GET\nurl: '{{baseUrl}}/pets'\n"},
	}},
	Good: Sample{Folder: listPets},
	check: func(s *subject, r *reporter) {
		for _, f := range s.from.InFolder() {
			switch {
			case f.Kind == gitformat.Misplaced && !f.OfOtherProtocol():
				r.inFolder(f.Position, "this file lies below .resources and is neither a definition nor an example of a request")
			case f.Kind == gitformat.OtherKind && !f.OfOtherProtocol():
				r.inFolder(f.Position, "this is the kind %s, which makes no part of a collection", quote(string(f.Value)))
			}
		}
	},
}

var partLost = Rule{
	ID: "PMI056", Name: "part-lost", Level: result.Warning,
	Text: "What a folder of Postman's git format has and a collection has not is left out: requests of protocols other than HTTP, an" +
		" example that belongs to no request, a member in a form that the format does not have.",
	Hint: "write it as Postman does, or remove it; requests of other protocols need their own description (protobuf, AsyncAPI, GraphQL" +
		" schema) beside the collection",
	Bad: Sample{Folder: append(listPets[:3:3], SampleFile{
		".resources/list cats.resources/examples/no cats.example.yaml", "$kind: http-example\nresponse: {statusCode: 200}\n",
	})},
	Good: Sample{Folder: listPets},
	check: func(s *subject, r *reporter) {
		for _, f := range s.from.InFolder() {
			if format, about := lostPart(f); format != "" {
				r.inFolder(f.Position, format, about...)
			}
		}
	},
}

// lostPart says what is lost of a folder, as a format and what it is about; "" for a
// finding by which nothing is.
func lostPart(f gitformat.Finding) (format string, about []any) {
	about = []any{quote(string(f.Value))}
	switch f.Kind {
	case gitformat.OtherKind, gitformat.Misplaced:
		if protocol, known := gitformat.About(string(f.Value)); known {
			return "nothing of this file is imported: it is of the protocol %s", []any{protocol}
		}
	case gitformat.ExampleAlone:
		return "nothing of this example is imported: no request has it, by the name of its folder", nil
	case gitformat.NoExamples:
		return "the request names the folder %s of its examples, in which there is none", about
	case gitformat.Lacks:
		return "the file lacks the member %s", about
	case gitformat.NotNumber:
		return "%s is left out: it is no number", about
	case gitformat.OtherForm:
		return "%s is left out: it has a form that the format does not have", about
	case gitformat.OtherBody:
		return "the body is of the type %s, which the format does not have: a text is taken as it is, anything else left out", about
	}
	return "", nil
}

var partOdd = Rule{
	ID: "PMI057", Name: "part-odd", Level: result.Warning,
	Text: "A file without a `$kind`, or with a number, true or false where a text belongs, is taken for what it says. Postman itself passes" +
		" such a file over, so that its collection is another one than this.",
	Hint: "begin the file with its $kind (collection, http-request, http-example), and put values that are texts into quotes",
	Bad: Sample{Folder: append(listPets[:1:1],
		SampleFile{"list pets.request.yaml", "method: GET\nurl: '{{baseUrl}}/pets'\n"}, listPets[2])},
	Good: Sample{Folder: listPets},
	check: func(s *subject, r *reporter) {
		for _, f := range s.from.InFolder() {
			switch f.Kind {
			case gitformat.NoKind:
				r.inFolder(f.Position, "the file says no $kind, for which Postman passes it over: it is taken for what its name says")
			case gitformat.NotText:
				r.inFolder(f.Position, "%s should be a text and is none, for which Postman passes the file over: it is taken as it is written",
					quote(string(f.Value)))
			}
		}
	},
}

var partHidden = Rule{
	ID: "PMI058", Name: "part-hidden", Level: result.Note,
	Text: "A folder whose name begins with a dot is a part of the collection as any other is, for Postman too, although many programs do" +
		" not show it.",
	Hint: "give the folder another name, or remove it if it got there by accident",
	Bad: Sample{Folder: append(listPets[:3:3],
		SampleFile{".old/list cats.request.yaml", "$kind: http-request\nmethod: GET\nurl: '{{baseUrl}}/cats'\n"})},
	Good: Sample{Folder: listPets},
	check: func(s *subject, r *reporter) {
		for _, f := range s.from.InFolder() {
			if f.Kind == gitformat.Hidden {
				r.inFolder(f.Position, "the folder %s is hidden: what is in it is imported", quote(string(f.Value)))
			}
		}
	},
}
