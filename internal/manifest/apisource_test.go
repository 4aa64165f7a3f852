package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
)

// apiSource has the fields of the operator's resource that are written:
// deploy/crd/apisources.microcks.io-v1.yml of its 0.0.9.
type apiSource struct {
	APIVersion asText `yaml:"apiVersion"`
	Kind       asText `yaml:"kind"`
	Metadata   struct {
		Name        asText            `yaml:"name"`
		Annotations map[asText]asText `yaml:"annotations"`
	} `yaml:"metadata"`
	Spec struct {
		Importers []apiImporter `yaml:"importers"`
	} `yaml:"spec"`
}

type apiImporter struct {
	Name         asText `yaml:"name"`
	MainArtifact *bool  `yaml:"mainArtifact"`
	Active       *bool  `yaml:"active"`
	Repository   struct {
		URL       asText `yaml:"url"`
		SecretRef asText `yaml:"secretRef"`
	} `yaml:"repository"`
	Labels map[asText]asText `yaml:"labels"`
}

// asText is a text, and not a number or a truth that could be read as one: a cluster
// refuses those. kubectl reads YAML 1.1, in which more words are true and false.
type asText string

func (s *asText) UnmarshalYAML(n *yaml.Node) error {
	if n.Tag != "!!str" || n.Style == 0 && otherWords.MatchString(n.Value) {
		return fmt.Errorf("line %d: %q is no text: %s", n.Line, n.Value, n.Tag)
	}
	*s = asText(n.Value)
	return nil
}

// resources reads what was written; an unknown field is an error.
func resources(raw []byte) (all []apiSource, err error) {
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	for {
		var s apiSource
		switch err := d.Decode(&s); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, err
		}
		all = append(all, s)
	}
}

// TestWriteAPISource holds what is written: a person reads and changes it.
func TestWriteAPISource(t *testing.T) {
	t.Parallel()
	const at = "https://api.getpostman.com/collections/"
	m := &Manifest{Entries: []Entry{
		{
			Collection: &Said[string]{Value: "1-a"}, URL: at + "1-a", SecretRef: "Postman API key for acme/pets",
			ImporterName: &Said[string]{Value: "Pets: all"}, MainArtifact: &Said[bool]{}, Active: &Said[bool]{},
			Labels:   []Label{{Said[string]{Value: "tier"}, Said[string]{Value: "1"}}},
			Delivery: &Said[string]{Value: "importer"}, Verify: &Said[string]{Value: "mocks"},
		},
		{URL: at + "1-b", Active: &Said[bool]{}},
	}}
	aside := []Aside{{"Managed by acme/other\n- name: x", Entry{URL: at + "1-c", SecretRef: "a\n- b"}}}
	want := `# First.
apiVersion: microcks.io/v1alpha1
kind: APISource
metadata:
  name: pets
  annotations:
    microcks.io/instance: microcks
spec:
  importers:
    - name: "Pets: all"
      mainArtifact: false
      active: false
      labels:
        tier: "1"
      repository:
        url: "https://api.getpostman.com/collections/1-a"
        secretRef: Postman API key for acme/pets
    - name: 1-b
      active: false
      repository:
        url: "https://api.getpostman.com/collections/1-b"
    # Managed by acme/other - name: x
    # - name: 1-c
    #   repository:
    #     url: "https://api.getpostman.com/collections/1-c"
    #     secretRef: "a\n- b"
`
	if diff := cmp.Diff(want, string(m.WriteAPISource("pets", []string{"First."}, aside))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	got, err := resources((&Manifest{}).WriteAPISource("1234", nil, aside))
	if err != nil || len(got) != 1 || got[0].Spec.Importers == nil || len(got[0].Spec.Importers) > 0 || got[0].Metadata.Name != "1234" {
		t.Errorf("without importers: %+v, %v", got, err)
	}
}

// TestWriteManyAPISources holds that a cluster can keep what is written: no resource has
// more importers than fit, each has a name of its own, and none is lost.
func TestWriteManyAPISources(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, mostImporters, mostImporters + 1, 3*mostImporters - 1} {
		m := &Manifest{}
		for i := range n {
			m.Entries = append(m.Entries, Entry{URL: fmt.Sprintf("https://api.getpostman.com/collections/%d", i)})
		}
		got, err := resources(m.WriteAPISource("pets", nil, nil))
		if err != nil || len(got) != (n+mostImporters-1)/mostImporters {
			t.Errorf("%d importers: %d resources, %v", n, len(got), err)
		}
		names, all := map[asText]bool{}, 0
		for _, s := range got {
			names[s.Metadata.Name] = true
			if len(s.Spec.Importers) > mostImporters {
				t.Errorf("%d importers: %s has %d", n, s.Metadata.Name, len(s.Spec.Importers))
			}
			for _, i := range s.Spec.Importers {
				if want := asText(fmt.Sprint("https://api.getpostman.com/collections/", all)); i.Repository.URL != want {
					t.Errorf("%d importers: got %s, want %s", n, i.Repository.URL, want)
				}
				all++
			}
		}
		if all != n || len(names) != len(got) || !names["pets"] {
			t.Errorf("%d importers: %d in %v", n, all, names)
		}
	}
}

// TestReadAPISourceBack holds that whatever texts servers have come back as they are, and
// make neither an importer nor a field.
func TestReadAPISourceBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(t *rapid.T, name string) string { return strings.ToValidUTF8(drawText(t, name), "\uFFFD") }
		entry := func() Entry {
			e := drawEntry(t, draw, ofCollection)
			e.URL = "https://" + draw(t, "host") + "/collections/1-11111111-1111-4111-8111-111111111111"
			e.SecretRef = draw(t, "secret")
			return e
		}
		m := &Manifest{}
		var want []apiImporter
		for range rapid.IntRange(0, 4).Draw(t, "entries") {
			e := entry()
			m.Entries = append(m.Entries, e)
			i := apiImporter{Name: asText(path.Base(e.URL))}
			if e.ImporterName != nil {
				i.Name = asText(e.ImporterName.Value)
			}
			if e.MainArtifact != nil {
				i.MainArtifact = &e.MainArtifact.Value
			}
			if e.Active != nil {
				i.Active = &e.Active.Value
			}
			i.Repository.URL, i.Repository.SecretRef, i.Labels = asText(e.URL), asText(e.SecretRef), map[asText]asText{}
			for _, l := range e.Labels {
				i.Labels[asText(l.Key.Value)] = asText(l.Value.Value)
			}
			want = append(want, i)
		}
		raw := m.WriteAPISource("pets", []string{drawText(t, "about")}, []Aside{{drawText(t, "why"), entry()}})
		got, err := resources(raw)
		if err != nil || len(got) != 1 {
			t.Fatalf("%s\n%d resources, %v", raw, len(got), err)
		}
		if diff := cmp.Diff(want, got[0].Spec.Importers, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%s\n-want +got:\n%s", raw, diff)
		}
		if s := got[0]; s.APIVersion != "microcks.io/v1alpha1" || s.Kind != "APISource" || s.Metadata.Name != "pets" ||
			!cmp.Equal(s.Metadata.Annotations, map[asText]asText{"microcks.io/instance": "microcks"}) {
			t.Fatalf("%s\n%+v", raw, s)
		}
	})
}

// TestResourceName holds that a resource has a name that Kubernetes takes, whatever the
// repository's is.
func TestResourceName(t *testing.T) {
	t.Parallel()
	for repository, want := range map[string]string{
		"acme/pets": "pets", "acme/Pet_Store.v2": "pet-store-v2", "acme/.github": "github", "acme/--": "postman-collections",
		"": "postman-collections", "acme/" + strings.Repeat("a", 62) + "-b": strings.Repeat("a", 62), "acme/42": "42", "acme/true": "true",
	} {
		if got := ResourceName(repository); got != want {
			t.Errorf("%q: got %q, want %q", repository, got, want)
		}
	}
	label := regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)
	rapid.Check(t, func(t *rapid.T) {
		repository := drawText(t, "repository")
		if got := ResourceName(repository); !label.MatchString(got) || len(got) > 63 {
			t.Fatalf("%q: %q", repository, got)
		}
	})
}
