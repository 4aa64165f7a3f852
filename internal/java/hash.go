package java

import "slices"

// HashOrder are distinct keys, given in the order of insertion, in the order in
// which a java.util.HashMap or HashSet goes through them: by bucket, then by
// insertion. It holds as long as no bucket becomes a tree, which takes eight
// keys of one.
func HashOrder(keys []string) []string {
	capacity := 16
	for len(keys)*4 > capacity*3 {
		capacity *= 2
	}
	out := slices.Clone(keys)
	slices.SortStableFunc(out, func(a, b string) int {
		return int(spread(a)&uint32(capacity-1)) - int(spread(b)&uint32(capacity-1))
	})
	return out
}

// spread is the hash of a string as HashMap uses it.
func spread(s string) uint32 {
	var h uint32
	for _, u := range units(CodePoints(s)) {
		h = h*31 + uint32(u)
	}
	return h ^ h>>16
}
