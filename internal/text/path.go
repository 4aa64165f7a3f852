package text

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// HasDotSegment reports whether a path, escaped as it stands in an address,
// leads elsewhere than it reads: one of its segments is "." or "..", as it stands
// or after one or two decodings, since servers and gateways decode before they
// resolve, some twice. A backslash counts as a slash, and what stands behind a
// semicolon as no part of its segment, as servlet containers see it.
func HasDotSegment(path string) bool {
	for range 3 {
		segments := strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '\\' })
		if slices.ContainsFunc(segments, isDotSegment) {
			return true
		}
		path = escape.ReplaceAllStringFunc(path, func(triplet string) string {
			decoded, err := url.PathUnescape(triplet)
			if err != nil {
				return triplet
			}
			return decoded
		})
	}
	return false
}

// escape is one byte of an address, escaped. A percent sign that begins none
// stands for itself.
var escape = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

func isDotSegment(segment string) bool {
	segment, _, _ = strings.Cut(segment, ";")
	return segment == "." || segment == ".."
}
