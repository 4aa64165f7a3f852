package lint

import (
	"strings"
	"unicode"

	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/result"
)

var versionInProse = Rule{
	ID: "PMI044", Name: "version-in-prose", Level: result.Warning,
	Text: "The first `version=` anywhere in a description gives the service its version, also one inside a word or an address: " +
		"`?api-version=2024-01-01` in a link, `apiversion=2`, or the end of a sentence, `version=v1.0.0.`",
	Hint: "begin the description with \"version=1.0 - \": the first version= counts",
	Bad:  Sample{Info: `{"name": "Pets", "description": "See https://localhost/pets?api-version=2024-01-01 for more."}`},
	Good: Sample{Info: `{"name": "Pets", "description": "version=1.0 - See https://localhost/pets?api-version=2024-01-01 for more."}`},
	check: func(s *subject, r *reporter) {
		info := s.Document.Root.At("info")
		d := info.At("description")
		if !s.Document.Versioned || info.Has("version") || d.Kind() != jackson.Text {
			return
		}
		description := d.AsText()
		i := strings.Index(description, "version=")
		switch before := description[:max(i, 0)]; {
		case i < 0:
		case insideWord(before):
			from := wordBegins(before)
			word, _, _ := strings.Cut(description[from:], " ")
			r.at(d, "the version becomes %s, because the description's first version= is inside %s", quote(s.Version), quote(word))
		case strings.HasSuffix(s.Version, "."):
			r.at(d, "the version becomes %s, with the full stop of the sentence that it ends", quote(s.Version))
		}
	},
}

// insideWord reports whether what follows goes on a word or an address. Marks of
// Markdown and brackets begin one.
func insideWord(before string) bool {
	last := strings.TrimRight(before, "*_`(\"'")
	return last == before && before != "" && !strings.HasSuffix(before, ">") && wordBegins(before) < len(before)
}

// wordBegins is where the last word of s begins: behind its last white space.
func wordBegins(s string) int { return strings.LastIndexFunc(s, unicode.IsSpace) + 1 }
