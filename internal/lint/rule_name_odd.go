package lint

import (
	"strings"

	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/java"
	"postman-microcks-importer/internal/result"
)

var nameOdd = Rule{
	ID: "PMI003", Name: "name-odd", Level: result.Warning,
	Text: "The collection's name becomes the service's. An empty one cannot be told from others; some characters stand in the way of " +
		"lookups and of mock addresses, which hold the name: servers refuse or misread `/`, `\\`, `;`, `%`, `?`, `+` and `:`.",
	Hint: "give the collection a name of letters, digits, spaces, dots and hyphens",
	Bad:  Sample{Info: `{"name": "Pets/Cats: all", "description": "version=1.0 - the pets"}`},
	Good: Sample{Info: `{"name": "Pets and cats", "description": "version=1.0 - the pets"}`},
	check: func(s *subject, r *reporter) {
		info := s.Document.Root.At("info")
		if !s.Document.Parsed() || !info.Exists() {
			return
		}
		name := info.At("name").AsText()
		at := info.At("name")
		if !at.Exists() {
			at = info
		}
		switch {
		case name == "", at.Kind() == jackson.Null:
			r.at(at, "the collection has no name")
		case java.Trim(name) != name:
			r.at(at, "white space stands around the name %s", quote(name))
		case strings.ContainsAny(name, `/\;%?+:`):
			r.at(at, "the name %s holds a character that addresses cannot: one of %s", quote(name), quote(`/ \ ; % ? + :`))
		}
	},
}
