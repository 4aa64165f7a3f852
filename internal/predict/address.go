package predict

import (
	"net/url"
	"strings"
)

// MockPath is the path below which the mocks of a service answer, escaped. A
// server compares it character by character with its own escaping of the name, which
// leaves more signs as they are than Go does (1.10.0 and 1.15.0: every other
// form answers 404).
func MockPath(name, version string) string {
	return "/rest/" + escapeAsServer(name) + "/" + escapeAsServer(version)
}

// MockPath is that of a service of any type that examples of a collection can be added
// to.
func (s *Service) MockPath() string {
	path := MockPath(s.Name, s.Version)
	if s.Type == TypeGraphQL {
		return "/graphql" + strings.TrimPrefix(path, "/rest")
	}
	return path
}

// TypeGraphQL is the type of a service that a GraphQL schema made.
const TypeGraphQL = "GRAPHQL"

var leftByServer = strings.NewReplacer("%21", "!", "%27", "'", "%28", "(", "%29", ")", "%2A", "*", "%2C", ",")

func escapeAsServer(s string) string { return leftByServer.Replace(url.PathEscape(s)) }

// longestAddress is the most bytes of a request line that servers take.
const longestAddress = 8192

// Addressable reports whether any address leads to the mocks of the service,
// which its name or version can prevent.
func (s *Service) Addressable() bool {
	return len(s.Name)+len(s.Version) <= longestAddress && plainName(s.Name) && AddressableVersion(s.Version)
}

// plainName reports whether a name can stand in an address: servers refuse an
// escaped slash, backslash, semicolon, percent sign or separator of lines, read a plus as a space and
// find nothing behind a question mark (seen on 1.10.0 and 1.15.0).
func plainName(s string) bool {
	control := func(r rune) bool { return r < ' ' || r == 0x7f || r == 0x2028 || r == 0x2029 }
	return s != "" && s != "." && s != ".." && !strings.ContainsAny(s, `/\+;%?`) && !strings.ContainsFunc(s, control)
}

// AddressableVersion reports whether mocks of a service of that version can be
// called. The server looks for the version in the address as it is, unescaped, so
// one with a sign that has to be escaped leads nowhere: 404 (seen on 1.15.0).
func AddressableVersion(s string) bool {
	return s != "" && s != "." && s != ".." && escapeAsServer(s) == s
}
