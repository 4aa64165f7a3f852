package lint

import (
	"strings"

	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

var versionOdd = Rule{
	ID: "PMI002", Name: "version-odd", Level: result.Warning,
	Text: "Only a space ends the version in a description. Line breaks, commas, Markdown marks and the rest of a link stay part of it, " +
		"and the version is part of every mock's address.",
	Hint: "put a space after the version, and keep to letters, digits, dots and hyphens in it",
	Bad:  Sample{Info: `{"name": "Pets", "description": "**version=1.0** - the pets"}`},
	Good: Sample{Info: `{"name": "Pets", "description": "version=1.0 - the pets"}`},
	check: func(s *subject, r *reporter) {
		v := s.Version
		if !s.Document.Versioned || !s.Document.Root.Exists() {
			return
		}
		info := s.Document.Root.At("info")
		at := info.At("description")
		if own := info.At("version"); own.Exists() {
			at = own
		}
		odd := strings.IndexFunc(v, func(c rune) bool {
			return c >= 0x80 || !alphaNumeric(c) && !strings.ContainsRune(".-_+~", c)
		})
		switch {
		case v == "":
			r.at(at, "the version is empty")
		case v == "null":
			r.at(at, "the version is null")
		case odd >= 0 && !predict.AddressableVersion(v):
			r.at(at, "the version reads %s: addresses have to escape a character of it, and then Microcks finds no mock", quote(v))
		case odd >= 0:
			r.at(at, "the version reads %s", quote(v))
		}
	},
}

func alphaNumeric(c rune) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
