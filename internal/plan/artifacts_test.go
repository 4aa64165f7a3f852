package plan

import (
	"testing"

	"postman-microcks-importer/internal/predict"
)

// Many artifacts are asked as one of them is.
func TestArtifacts(t *testing.T) {
	t.Parallel()
	const uid = "12345678-12ece9e1-2abf-4edc-8e34-de66e74114d2"
	for _, name := range []string{
		uid, uid + "?access_key=x", uid[9:], "12345678-12ECE9E1-2abf-4edc-8e34-de66e74114d2", "87654321" + uid[8:],
		"", "?", "12345678", "pets.json",
	} {
		all := Artifacts{}
		all.Add("another")
		all.Add(name)
		for _, asked := range []string{uid, "", "12345678", "12345678-", "-"} {
			if got, want := all.Has(asked), predict.SameArtifact(name, asked); got != want {
				t.Errorf("%q among %q: %t, want %t", asked, name, got, want)
			}
		}
	}
}
