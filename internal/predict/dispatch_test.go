package predict

import (
	"strings"
	"testing"
)

// Parts that are read off an address are those that the server's expression finds.
func TestPlainParts(t *testing.T) {
	t.Parallel()
	tokens := []string{"/:", "/", ":", ".", "a", "b-1", "{", "^"}
	patience := newPatience(nil)
	read := 0
	var look func(url string, more int)
	look = func(url string, more int) {
		if names, plain := plainParts(url); plain {
			read++
			rules, unknown, cause := matchedParts(url, behaviourOf(""), &patience)
			if got := strings.Join(names, " && "); unknown || cause != nil || got != rules {
				t.Errorf("%q: got %q, want %q, %v, %v", url, got, rules, unknown, cause)
			}
		}
		for _, token := range tokens {
			if more > 0 {
				look(url+token, more-1)
			}
		}
	}
	for _, prefix := range []string{"", "/v1.0/a", "/:a/b/:c"} {
		look(prefix, 5)
	}
	if read < 10_000 {
		t.Error(read)
	}
}
