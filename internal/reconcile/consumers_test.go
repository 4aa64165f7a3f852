package reconcile

import (
	"context"
	"io/fs"
	"testing"

	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

// petsFile is an exported collection with one example of an answer.
func petsFile(version, status, body string) string {
	return `{"info":{"_postman_id":"x","name":"Pets","version":"` + version + `"},"item":[{"name":"pets","request":{"method":"GET",` +
		`"url":{"raw":"http://h/pets"}},"response":[{"name":"all","originalRequest":{"method":"GET","url":{"raw":"http://h/pets"}},"code":` +
		status + `,"header":[{"key":"Content-Type","value":"application/json"}],"body":"` + body + `"}]}]}`
}

// A collection of the repository is compared with what the base branch makes of it, so
// that no server is asked.
func TestComparedWithTheBase(t *testing.T) {
	t.Parallel()
	head := petsFile("1", "200", `{\"id\":1}`)
	for name, c := range map[string]struct {
		base     string // "" is no such file
		breaking int
		notices  int
	}{
		"the same":              {head, 0, 0},
		"another value":         {petsFile("1", "200", `{\"id\":2}`), 0, 1},
		"a member that goes":    {petsFile("1", "200", `{\"id\":1,\"name\":\"x\"}`), 1, 1},
		"another status":        {petsFile("1", "404", `{\"id\":1}`), 1, 1},
		"a new file":            {"", 0, 1},
		"a version of its own":  {petsFile("2", "200", `{\"id\":1,\"name\":\"x\"}`), 0, 1},
		"what is no collection": {`{"hello":"world"}`, 0, 1},
	} {
		raw := []byte(head)
		it := &item{Wanted: &plan.Wanted{File: "pets.json"}, Collection: &result.Collection{}}
		from, err := it.deliver(t.Context(), raw, it.form(""))
		if err != nil {
			t.Fatal(err)
		}
		document := plan.Document{Document: predict.Read(from.Raw, predict.Options{}), From: delivery.AsIs(from.Raw)}
		key := plan.Key{Name: "Pets", Version: "1"}
		a := &plan.Artifact{Judged: plan.Judged{Wanted: it.Wanted, Key: key, Document: func() plan.Document { return document }}, IsMain: true}
		a.Service = &plan.Service{Key: key, Artifacts: []*plan.Artifact{a}}
		it.artifact = a
		r := &reconciliation{items: []*item{it}, Deps: Deps{Base: func(_ context.Context, name string) ([]byte, error) {
			if c.base == "" || name != "pets.json" {
				return nil, fs.ErrNotExist
			}
			return []byte(c.base), nil
		}}}
		if err := r.consumersOf(t.Context(), a.Service, r.byArtifact()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := it.Consumers
		if got.Against != result.AgainstBase || got.Breaking != c.breaking || len(got.Notices) != c.notices {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
