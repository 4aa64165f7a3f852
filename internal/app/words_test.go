package app

import (
	"testing"

	"postman-microcks-importer/internal/config"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// A credential that is a word of this program cannot be hidden in its reports.
func TestOwnWordsAreNotHidden(t *testing.T) {
	t.Parallel()
	words := []string{
		string(result.Failed), string(result.Created), string(result.Unchanged), result.Schema, "postman-microcks-importer",
	}
	for _, in := range config.Inputs() {
		words = append(words, in.Name)
	}
	for _, out := range config.Outputs() {
		words = append(words, out.Name)
	}
	for _, word := range words {
		if text.Hideable(word) {
			t.Errorf("%q is a word of reports, and a credential of that value would be hidden in them", word)
		}
	}
}
