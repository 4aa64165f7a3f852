package predict

import (
	"strings"

	"postman-microcks-importer/internal/java"
)

// identity reads the service's name and version from info. ok is false when
// there is no version.
func identity(info value, b behaviour, dropVersion bool) (name, version string, ok bool) {
	name = info.at("name").asText()
	if v := info.at("version"); v.exists() && !dropVersion {
		return name, structuredVersion(v, b), true
	}
	version, ok = describedVersion(info.at("description").asText())
	return name, version, ok
}

// structuredVersion is info.version as text. Objects count since 1.10.1.
func structuredVersion(v value, b behaviour) string {
	if b.structuredVersion {
		if v.has("identifier") {
			return v.at("identifier").asText()
		}
		if v.has("major") && v.has("minor") && v.has("patch") {
			return v.at("major").asText() + "." + v.at("minor").asText() + "." + v.at("patch").asText()
		}
	}
	return v.asText()
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
