package predict

import (
	"strings"

	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/java"
)

// identity reads the service's name and version from info. ok is false when
// there is no version.
func identity(info jackson.Value, b behaviour) (name, version string, ok bool) {
	name = info.At("name").AsText()
	if v := info.At("version"); v.Exists() {
		return name, structuredVersion(v, b), true
	}
	version, ok = describedVersion(info.At("description").AsText())
	return name, version, ok
}

// structuredVersion is info.version as text. Objects count since 1.10.1.
func structuredVersion(v jackson.Value, b behaviour) string {
	if b.structuredVersion {
		if v.Has("identifier") {
			return v.At("identifier").AsText()
		}
		if v.Has("major") && v.Has("minor") && v.Has("patch") {
			return v.At("major").AsText() + "." + v.At("minor").AsText() + "." + v.At("patch").AsText()
		}
	}
	return v.AsText()
}

// describedVersion is the version in a description: what follows the first
// "version=", up to a space (no other white space) or another "=".
func describedVersion(description string) (version string, ok bool) {
	i := strings.Index(description, "version=")
	if i < 0 {
		return "", false
	}
	description, _, _ = strings.Cut(description[i:], " ")
	parts := java.Split(description, "=")
	if len(parts) < 2 {
		return "", false
	}
	return parts[1], true
}
