// Package seeds has texts from which fuzz tests of several packages begin.
package seeds

import (
	_ "embed"
	"strconv"
	"strings"
	"testing"
)

//go:embed yaml.txt
var yaml string

// YAML are texts that begin values in every way, and look as if they did.
func YAML(tb testing.TB) (all []string) {
	tb.Helper()
	for line := range strings.Lines(yaml) {
		seed, err := strconv.Unquote(strings.TrimSuffix(line, "\n"))
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, seed)
	}
	return all
}
