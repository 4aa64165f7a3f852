package java

import (
	"cmp"
	"slices"
	"unicode/utf16"
)

// HashOrder are distinct keys, given in the order of insertion, in the order in
// which a java.util.HashMap or HashSet goes through them: by bucket, then by
// insertion. It holds as long as no bucket becomes a tree, which takes eight
// keys of one.
func HashOrder(keys []string) []string {
	if len(keys) < 2 {
		return keys
	}
	capacity := 16
	for len(keys)*4 > capacity*3 {
		capacity *= 2
	}
	type place struct {
		bucket, inserted int
	}
	places := make([]place, len(keys))
	for i, key := range keys {
		places[i] = place{int(spread(key) & uint32(capacity-1)), i}
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Or(a.bucket-b.bucket, a.inserted-b.inserted) })
	out := make([]string, len(keys))
	for i, p := range places {
		out[i] = keys[p.inserted]
	}
	return out
}

// spread is the hash of a string as HashMap uses it.
func spread(s string) uint32 {
	var h uint32
	for len(s) > 0 {
		r, n := DecodeCodePoint(s)
		if r >= 0x10000 { // two units
			var high rune
			high, r = utf16.EncodeRune(r)
			h = h*31 + uint32(high)
		}
		h = h*31 + uint32(r)
		s = s[n:]
	}
	return h ^ h>>16
}
