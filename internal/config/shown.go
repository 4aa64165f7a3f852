package config

import (
	"regexp"
	"strings"
	"unicode"
)

// Lengths in runes beyond which foreign text is cut.
const (
	shownValue   = 80
	shownMessage = 400
)

// shortestMasked is the length in bytes from which a credential's value is also
// searched for in other inputs: shorter ones would tear words apart.
const shortestMasked = 6

var (
	// Postman's keys and access keys, by their published prefixes.
	postmanKey = regexp.MustCompile(`(?i)\bPM(AK|AT)-[0-9A-Za-z-]*`)
	// What stands between a URL's scheme and its last @ may be a password.
	userinfo = regexp.MustCompile(`(?s)^([A-Za-z][A-Za-z0-9+.-]*:/*)?.*@`)
	// The same for a URL somewhere in a sentence.
	userinfoInside = regexp.MustCompile(`://[^\s"@]*@`)
	// Values of a query.
	query = regexp.MustCompile(`\?[^\s"]*`)
)

// shown makes foreign text fit to be seen: without credentials, control and
// direction characters, and not longer than the limit in runes. Credentials go
// first, so that a cut cannot leave half of one.
func shown(s string, secrets []string, limit int) string {
	for _, secret := range secrets {
		if len(secret) >= shortestMasked {
			s = strings.ReplaceAll(s, secret, hidden)
		}
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
	s = postmanKey.ReplaceAllString(s, "PM${1}-"+hidden)
	runes := []rune(s)
	if len(runes) > limit {
		return string(runes[:limit]) + "…"
	}
	return s
}

// shownAddress is shown for what should be a URL: whatever may be userinfo is
// hidden, and query and fragment, in which people paste keys, are left out.
func shownAddress(s string, secrets []string, limit int) string {
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		s = s[:i] + "…"
	}
	s = userinfo.ReplaceAllString(s, "${1}"+hidden+"@")
	return shown(s, secrets, limit)
}

// shownMessageOf is shown for another package's error text, which may quote an
// address.
func shownMessageOf(s string, secrets []string) string {
	s = userinfoInside.ReplaceAllString(s, "://"+hidden+"@")
	s = query.ReplaceAllString(s, "?…")
	return shown(s, secrets, shownMessage)
}

// quoted puts shown text between quotes.
func quoted(s string) string { return `"` + s + `"` }

// hasControl tells whether a one-line value holds a control character, a line
// break or a direction mark.
func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp) || isDirectionMark(r) || r == unicode.ReplacementChar
	})
}

// isDirectionMark tells the characters that make text read in another order
// than it is stored.
func isDirectionMark(r rune) bool {
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}
