package lint

import (
	"strings"

	"postman-microcks-importer/internal/gitformat"
	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/result"
)

// VersionMissing is the id of the rule that finds a collection without a version.
const VersionMissing = "PMI001"

var versionMissing = Rule{
	ID: VersionMissing, Name: "version-missing", Level: result.Error,
	Text: "Microcks reads a service's version from the collection's description: what follows the first `version=`, up to a space. " +
		"Without it the import is refused. Postman's API does not pass on `info.version`, so a version that stands only there does " +
		"not reach Microcks.",
	Hint: "begin the collection's description with \"version=1.0 - \" and leave the rest as it is, " +
		"or set `service-version`: the collection is uploaded with it",
	Bad:  Sample{Info: `{"name": "Pets", "description": "the pets"}`},
	Good: Sample{Info: `{"name": "Pets", "description": "version=1.0 - the pets"}`},
	check: func(s *subject, r *reporter) {
		info := s.Document.Root.At("info")
		if !s.Document.Parsed() || !info.Exists() || s.Document.Versioned {
			return
		}
		at, message := info, "the collection has no description, and so no version"
		if d := info.At("description"); d.Exists() && d.Kind() != jackson.Null {
			at, message = d, "the description names no version"
			if d.Kind() == jackson.Object {
				message = "the description is not plain text, so Microcks finds no version in it"
			} else if strings.Contains(strings.ToLower(d.AsText()), "version") {
				message = "the description names no version in the form version=1.0, without spaces around the equals sign"
			}
		}
		if s.from.InfoVersion {
			message += "; Postman's API does not pass on info.version"
		}
		if s.from.Folder() {
			message += ": Postman's git format has no other place for one than `description: version=1.0 - …` in " + gitformat.Definition
		}
		r.at(at, "%s", message)
	},
}
