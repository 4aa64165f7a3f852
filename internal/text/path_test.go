package text_test

import (
	"testing"

	"postman-microcks-importer/internal/text"
)

func TestHasDotSegment(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"": false, "/": false, "/pets/1": false, "/v1.0/pets": false, "/...": false, "/a..b": false, "/%41": false, "/50%25": false,
		"/..": true, "/.": true, "..": true, "/pets/../x": true, "/pets/./x": true,
		"/%2e%2e/x": true, "/%2E./x": true, "/.%2e": true, "/%252e%252e/x": true, "/%252e.": true,
		"/a%2f..%2fb": true, "/a%252f%252e%252e": true, `/a\..\b`: true, "/a%5c..": true,
		"/..;x=1/b": true, "/%2e%2e%3bx/b": true, "/%2e%2e;/b": true,
		"/%zz": false, "/%25zz": false, "/%zz/%2e%2e": true, "/%/..": true,
	} {
		if got := text.HasDotSegment(path); got != want {
			t.Errorf("%q: %t", path, got)
		}
	}
}
