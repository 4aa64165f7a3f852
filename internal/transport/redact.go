package transport

import (
	"net/url"
	"strings"
)

// masked stands for what Redact takes out.
const masked = "***"

// Redact returns a URL fit for a log: without userinfo and fragment, with the
// values of its query masked and their keys kept. A part of the query without
// "=" counts as a value. What is no URL gives a fixed text with none of it.
func Redact(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "(unreadable URL)"
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	if u.Opaque != "" {
		return u.Scheme + ":" + masked // mailto:…, localhost:8080 without a scheme
	}
	if u.RawQuery != "" {
		parts := strings.Split(u.RawQuery, "&")
		for i, part := range parts {
			if key, _, ok := strings.Cut(part, "="); ok {
				parts[i] = printable(key) + "=" + masked
			} else {
				parts[i] = masked
			}
		}
		u.RawQuery = strings.Join(parts, "&")
	}
	return u.String()
}

// printable replaces what url.URL.String would let through in a query.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return '_'
		}
		return r
	}, s)
}
