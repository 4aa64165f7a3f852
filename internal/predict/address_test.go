package predict

import "testing"

func TestMockPath(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, version, want string
		addressable         bool
	}{
		{"Pet Store", "1.0", "/rest/Pet%20Store/1.0", true},
		{"Bob's (new), fun!*", "1.0-b", "/rest/Bob's%20(new),%20fun!*/1.0-b", true},
		{"Größe", "v1", "/rest/Gr%C3%B6%C3%9Fe/v1", true},
		{"a/b", "1", "/rest/a%2Fb/1", false},
		{"a", "1 b", "/rest/a/1%20b", false},
		{"", "1", "/rest//1", false},
		{"..", "1", "/rest/../1", false},
		{"a", "", "/rest/a/", false},
	} {
		if got := MockPath(c.name, c.version); got != c.want {
			t.Errorf("%q %q: got %s, want %s", c.name, c.version, got, c.want)
		}
		if got := (&Service{Name: c.name, Version: c.version}).Addressable(); got != c.addressable {
			t.Errorf("%q %q: addressable %v", c.name, c.version, got)
		}
	}
}
