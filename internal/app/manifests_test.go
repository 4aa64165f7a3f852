package app

import (
	"context"
	"errors"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// TestManifestsOfKey: another manifest has the key by its path, or by saying so, and
// nothing else does.
func TestManifestsOfKey(t *testing.T) {
	t.Parallel()
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	const listing = "collections: [12345678-12ece9e1-2abf-4edc-8e34-de66e74114d2]\n"
	files := fstest.MapFS{
		".github/postman.yaml":         file("key: payments\n" + listing), // the run's own
		".github/second.yml":           file("key: payments\n" + listing),
		"api/payments":                 file(listing),
		"api/other.yaml":               file("key: orders\n" + listing),
		"api/broken.yaml":              file("key: payments\ntimeout: 5m\n" + listing),
		"compose.yaml":                 file("key: payments\nservices: {collections: {}}\n"),
		"values.json":                  file("key: payments\n" + listing),
		"node_modules/x/postman.yaml":  file("key: payments\n" + listing),
		".git/postman.yaml":            file("key: payments\n" + listing),
		"empty.yaml":                   file("key: payments\ncollections: []\n"),
		"no.yaml":                      file("key: payments\n{"),
		"api/postman.yaml":             file(listing),
		"team.yaml/inside/config.yaml": file("key: [payments]\n" + listing),
	}
	for key, want := range map[string][]string{
		"payments":             {".github/second.yml", "api/broken.yaml"},
		"api/postman.yaml":     {"api/postman.yaml"},
		"api/other.yaml":       nil, // which says another
		".github/postman.yaml": nil, // which is the run's own
		"gone.yaml":            nil,
	} {
		got, err := manifestsOfKey(t.Context(), files, key, "./.github/postman.yaml")
		if err != nil || cmp.Diff(want, got) != "" {
			t.Errorf("%s: %v, %v, want %v", key, got, err, want)
		}
	}
	ended, end := context.WithCancelCause(t.Context())
	cause := errors.New("the time is over")
	end(cause)
	if _, err := manifestsOfKey(ended, files, "payments", ""); !errors.Is(err, cause) {
		t.Errorf("a run that ended: %v", err)
	}
}

// TestCheckedOut: git notes the commit itself, or the branch that is at it.
func TestCheckedOut(t *testing.T) {
	t.Parallel()
	const id = "0123456789abcdef0123456789abcdef01234567"
	for want, notes := range map[string][]map[string]string{
		id: {{"HEAD": id + "\n"}, {"HEAD": "ref: refs/heads/main\n", "refs/heads/main": id + "\n"}},
		"": {
			{}, {"HEAD": "ref: refs/heads/main\n"}, {"HEAD": "ref: ../secret\n"}, {"HEAD": id[1:]}, {"HEAD": "ref: HEAD"},
			{"HEAD": "ref: refs\n", "refs/heads/main": id},
		},
	} {
		for _, notes := range notes {
			files := fstest.MapFS{"secret": {Data: []byte(id)}}
			for name, said := range notes {
				files[".git/"+name] = &fstest.MapFile{Data: []byte(said)}
			}
			if got := checkedOut(files); got != want {
				t.Errorf("%v: %q, want %q", notes, got, want)
			}
		}
	}
}
