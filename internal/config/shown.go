package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"postman-microcks-importer/internal/text"
)

// hidden is what stands in place of a credential.
const hidden = "***"

// Lengths in runes beyond which foreign text is cut.
const (
	shownValue   = 80
	shownMessage = 400
)

// shortestMasked is the length in bytes from which a credential's value is also
// searched for in other inputs: shorter ones would tear words apart.
const shortestMasked = 6

// userinfo is what stands before the last @: it may be a user name and password.
var userinfo = regexp.MustCompile(`(?s)^([A-Za-z][A-Za-z0-9+.-]*:/+)?.*@`)

// shown makes a value fit to be seen: without credentials, control and direction
// characters, and not longer than the limit in runes.
func shown(s string, secrets []string, limit int) string {
	if at := strings.LastIndexByte(s, '@'); at > 0 && strings.Contains(s[:at], ":") {
		s = userinfo.ReplaceAllString(s, "${1}"+hidden+"@")
	}
	return plain(s, secrets, limit)
}

// holdsSecret reports whether a value holds a credential, known or by its form.
func holdsSecret(s string, secrets []string) bool {
	return text.HasPostmanKey(s) || slices.ContainsFunc(secrets, func(secret string) bool {
		return len(secret) >= shortestMasked && strings.Contains(s, secret)
	})
}

// plain takes credentials out of a text, then what cannot be seen, then what is
// too long: a cut cannot leave half of a credential.
func plain(s string, secrets []string, limit int) string {
	for _, secret := range secrets {
		if len(secret) >= shortestMasked {
			s = strings.ReplaceAll(s, secret, hidden)
		}
	}
	return text.Cut(text.HidePostmanKeys(text.Line(s)), limit)
}

// shownAddress is shown for what should be a URL: whatever may be userinfo is
// hidden, and query and fragment, in which people paste keys, are left out.
func shownAddress(s string, secrets []string, limit int) string {
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		s = s[:i] + "…"
	}
	s = userinfo.ReplaceAllString(s, "${1}"+hidden+"@")
	return plain(s, secrets, limit)
}

// quoted puts shown text between quotes.
func quoted(s string) string { return `"` + s + `"` }

// hasControl reports whether a one-line value holds a control character, a line
// break or an invisible character.
func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp) || isInvisible(r) || r == unicode.ReplacementChar
	})
}

// isInvisible reports whether a character shows nothing, or makes text read in
// another order than it is stored: zero-width spaces, byte order marks, soft
// hyphens, direction marks. The joiners that some scripts and emoji need are not
// among them.
func isInvisible(r rune) bool {
	return unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d'
}

// trim takes white space and invisible characters from both ends of a value.
func trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || isInvisible(r) })
}

// visible takes the characters that show nothing out of a value: a copy of what a
// page shows can hold them.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
}

// oddCharacterIn names the character of a refused value that cannot be told from
// another by sight; "" is none.
func oddCharacterIn(s string) fault {
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Cf, r):
			return fault(fmt.Sprintf("it contains an invisible character (U+%04X)", r))
		case r != ' ' && unicode.Is(unicode.Zs, r):
			return fault(fmt.Sprintf("it contains a character that looks like a space and is not one (U+%04X)", r))
		}
	}
	return ""
}
