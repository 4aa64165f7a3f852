package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
)

// labelled is metadata with labels: key, value, key, value.
func labelled(pairs ...string) *microcks.Metadata {
	m := &microcks.Metadata{Labels: map[string]string{}}
	for i := 0; i < len(pairs); i += 2 {
		m.Labels[pairs[i]] = pairs[i+1]
	}
	return m
}

// TestExport holds what becomes of an importer in a manifest, and in a resource of Microcks'
// operator.
func TestExport(t *testing.T) {
	t.Parallel()
	const id = "11111111-1111-4111-8111-111111111111"
	says := func(key, _ string) bool { return !strings.HasPrefix(key, "managed-by") }
	ours := func(pairs ...string) *microcks.Metadata {
		return labelled(append([]string{"managed-by", "postman-microcks-importer", "managed-by-repository", "acme/pets"}, pairs...)...)
	}
	listed := func(e plan.Exported) *plan.Export { return &plan.Export{Listed: []plan.Exported{e}} }
	aside := func(e plan.Exported) *plan.Export { return &plan.Export{Aside: []plan.Exported{e}} }
	tests := map[string]struct {
		job  microcks.ImportJob
		want *plan.Export
	}{
		"by hand": {
			microcks.ImportJob{Name: "Pets", RepositoryURL: "https://api.getpostman.com/collections/1-" + id, MainArtifact: true, Active: true},
			listed(plan.Exported{Collection: "1-" + id, Name: "Pets"}),
		},
		"a secondary one with a key in its link": {
			microcks.ImportJob{Name: "Pets", RepositoryURL: " https://u:p@API.postman.com/collections/1-" + id + "/?access_key=PMAT-1#x"},
			listed(plan.Exported{Collection: "1-" + id, Name: "Pets", Secondary: true, Inactive: true}),
		},
		"of the EU region": {
			microcks.ImportJob{Name: "P", RepositoryURL: "https://api.eu.postman.com/collections/1-" + id, MainArtifact: true, Active: true},
			listed(plan.Exported{Collection: "https://api.eu.postman.com/collections/1-" + id, Name: "P"}),
		},
		"ours": {
			microcks.ImportJob{
				Name: "P", RepositoryURL: "https://api.postman.com/collections/1-" + id, MainArtifact: true, Active: true, Metadata: ours(),
			},
			listed(plan.Exported{Collection: "1-" + id, Name: "P"}),
		},
		"ours, of this manifest": {
			microcks.ImportJob{RepositoryURL: "https://api.postman.com/collections/1-" + id, MainArtifact: true, Active: true,
				Metadata: ours("managed-by-manifest", "m.yaml")},
			listed(plan.Exported{Collection: "1-" + id}),
		},
		"ours, of another manifest": {
			microcks.ImportJob{RepositoryURL: "https://api.postman.com/collections/1-" + id, MainArtifact: true, Active: true,
				Metadata: ours("managed-by-manifest", "other.yaml")},
			aside(plan.Exported{Collection: "1-" + id, Why: plan.ManifestOfOther, Of: "other.yaml"}),
		},
		"of another repository": {
			microcks.ImportJob{RepositoryURL: "https://api.postman.com/collections/1-" + id, MainArtifact: true, Active: true,
				Metadata: labelled("managed-by", "postman-microcks-importer", "managed-by-repository", "acme/other")},
			aside(plan.Exported{Collection: "1-" + id, Why: plan.ManagedByAnother, Of: "acme/other"}),
		},
		"of something else": {
			microcks.ImportJob{RepositoryURL: "https://api.postman.com/collections/1-" + id, MainArtifact: true, Active: true,
				Metadata: labelled("managed-by-operator", "yes")},
			aside(plan.Exported{Collection: "1-" + id, Why: plan.ManagedByAnother, Of: "others, as its labels say"}),
		},
		"without the owner's number": {
			microcks.ImportJob{RepositoryURL: "https://api.postman.com/collections/" + id, MainArtifact: true, Active: true},
			aside(plan.Exported{Collection: id, Why: plan.NoOwnerInURL}),
		},
		"from a gateway": {
			microcks.ImportJob{RepositoryURL: "https://GW.example:8443/collections/1-" + id, MainArtifact: true, Active: true},
			aside(plan.Exported{Collection: "1-" + id, Why: plan.AnotherOrigin, Of: "https://gw.example:8443"}),
		},
		"no collection": {
			microcks.ImportJob{RepositoryURL: "https://example.com/openapi.yaml"}, &plan.Export{NoCollections: 1},
		},
		"a name that cannot be said": {
			microcks.ImportJob{Name: "a\nb", RepositoryURL: "https://api.postman.com/collections/1-" + id, MainArtifact: true, Active: true},
			listed(plan.Exported{Collection: "1-" + id}),
		},
		"a name with a key in it": {
			microcks.ImportJob{Name: "PMAK-0123456789abcdef01234567-0123456789abcdef0123456789abcdef01", MainArtifact: true, Active: true,
				RepositoryURL: "https://api.postman.com/collections/1-" + id},
			listed(plan.Exported{Collection: "1-" + id}),
		},
		"labels that its service has, too": {
			microcks.ImportJob{RepositoryURL: "https://api.postman.com/collections/1-" + id, MainArtifact: true, Active: true,
				Metadata:    ours("team", "web", "tier", "1", "stage", "x", "empty", ""),
				ServiceRefs: []microcks.ServiceRef{{ServiceID: "s1"}, {ServiceID: "s2"}}},
			listed(plan.Exported{Collection: "1-" + id, Labels: map[string]string{"team": "web"}}),
		},
		"labels without a service": {
			microcks.ImportJob{RepositoryURL: "https://api.postman.com/collections/1-" + id, MainArtifact: true, Active: true,
				Metadata: labelled("team", "web")},
			listed(plan.Exported{Collection: "1-" + id, Labels: map[string]string{"team": "web"}}),
		},
	}
	services := map[string]*microcks.Service{
		"s1": {ID: "s1", Metadata: labelled("team", "web", "tier", "1")}, "s2": {ID: "s2", Metadata: labelled("team", "web", "tier", "2")},
	}
	owner := plan.Owner{Repository: "acme/pets", Manifest: "m.yaml"}
	for name, test := range tests {
		exporting := plan.Exporting{Owner: owner, Base: "https://api.getpostman.com", Services: services, Says: says}
		got := exporting.Export([]microcks.ImportJob{test.job})
		if diff := cmp.Diff(test.want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(plan.Exported{}, "URL", "Secret")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}

	// Of two importers of one collection ours is listed, whatever their names.
	job := func(name, uid string, m *microcks.Metadata) microcks.ImportJob {
		return microcks.ImportJob{
			Name: name, RepositoryURL: "https://api.postman.com/collections/" + uid, MainArtifact: true, Active: true, Metadata: m,
		}
	}
	exporting := plan.Exporting{Owner: owner, Base: "https://api.postman.com", Says: says}
	got := exporting.Export([]microcks.ImportJob{
		job("a", "1-"+id, nil), job("z", "1-"+strings.ToUpper(id), ours()), job("b", "2-22222222-2222-4222-8222-222222222222", nil),
	})
	var names []string
	for _, e := range got.Listed {
		names = append(names, e.Name)
	}
	if strings.Join(names, " ") != "b z" || len(got.Aside) != 1 || got.Aside[0].Name != "a" || got.Aside[0].Why != plan.ListedAlready {
		t.Errorf("%+v", got)
	}
}

// TestExportAPISource holds where an importer of Microcks' operator differs from an entry
// of a manifest: it has an address and a secret, its labels are its own, and it does not
// matter which manifest lists it.
func TestExportAPISource(t *testing.T) {
	t.Parallel()
	const id = "1-11111111-1111-4111-8111-111111111111"
	tests := map[string]struct {
		job  microcks.ImportJob
		want plan.Exported
	}{
		"by hand, with a key in its link": {
			microcks.ImportJob{Name: "P", RepositoryURL: "http://u:p@API.postman.com/collections/" + id + "?access_key=PMAT-1#x"},
			plan.Exported{Name: "P", Collection: id, URL: "https://api.getpostman.com/collections/" + id},
		},
		"with a secret": {
			microcks.ImportJob{
				RepositoryURL: "https://api.getpostman.com/collections/" + id, SecretRef: &microcks.SecretRef{SecretID: "5", Name: "Postman: key"},
			},
			plan.Exported{Collection: id, URL: "https://api.getpostman.com/collections/" + id, Secret: "Postman: key"},
		},
		"with a secret whose name is a key": {
			microcks.ImportJob{RepositoryURL: "https://api.getpostman.com/collections/" + id, SecretRef: &microcks.SecretRef{
				Name: "PMAK-0123456789abcdef01234567-0123456789abcdef0123456789abcdef01",
			}},
			plan.Exported{Collection: id, URL: "https://api.getpostman.com/collections/" + id},
		},
		"of the EU region": {
			microcks.ImportJob{RepositoryURL: "https://api.eu.postman.com/collections/" + id},
			plan.Exported{
				Collection: "https://api.eu.postman.com/collections/" + id, URL: "https://api.eu.postman.com/collections/" + id,
			},
		},
		"of the EU region and another repository": {
			microcks.ImportJob{RepositoryURL: "https://api.eu.postman.com/collections/" + id,
				Metadata: labelled("managed-by", "postman-microcks-importer", "managed-by-repository", "acme/other")},
			plan.Exported{
				Collection: id, URL: "https://api.eu.postman.com/collections/" + id, Why: plan.ManagedByAnother, Of: "acme/other",
			},
		},
		"from a gateway": {
			microcks.ImportJob{RepositoryURL: "https://u:p@GW.example:8443/collections/" + id + "?k=v"},
			plan.Exported{
				Collection: id, URL: "https://gw.example:8443/collections/" + id, Why: plan.AnotherOrigin, Of: "https://gw.example:8443",
			},
		},
		"ours, of a manifest, with labels that its service has not": {
			microcks.ImportJob{
				RepositoryURL: "https://api.getpostman.com/collections/" + id, ServiceRefs: []microcks.ServiceRef{{ServiceID: "s"}},
				Metadata: labelled("managed-by", "postman-microcks-importer", "managed-by-repository", "acme/pets", "managed-by-manifest", "m.yaml",
					"team", "web"),
			},
			plan.Exported{
				Collection: id, URL: "https://api.getpostman.com/collections/" + id, Labels: map[string]string{"team": "web"},
			},
		},
	}
	exporting := plan.Exporting{
		Owner: plan.Owner{Repository: "acme/pets", Manifest: "deploy/apisource.yaml"}, Base: "https://api.getpostman.com", APISource: true,
		Says: func(key, _ string) bool { return !strings.HasPrefix(key, "managed-by") },
	}
	for name, test := range tests {
		test.job.MainArtifact, test.job.Active = true, true
		x := exporting.Export([]microcks.ImportJob{test.job})
		if diff := cmp.Diff([]plan.Exported{test.want}, append(x.Listed, x.Aside...), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if (len(x.Aside) == 1) != (test.want.Why != "") {
			t.Errorf("%s: %+v", name, x)
		}
	}
}
