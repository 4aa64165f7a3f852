package plan_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/result"
)

const (
	goneUID    = "12345678-8f4c2a1e-6b7d-4c39-9f1a-00000000dead"
	goneUpload = "0123456789abcdef01234567.json"
	runs       = "https://github.com/acme/pets/actions/runs/"
)

// listedBy are the labels of what runs of the repository made with a manifest; "" is
// none.
func listedBy(manifest string) map[string]string {
	return plan.Owner{Repository: repository, RepositoryID: "7", Manifest: manifest}.Labels()
}

// remains of a run whose manifest lists the uid: a gone importer with its service, and a
// gone upload.
func remains(change func(*plan.Remains)) *plan.Remains {
	judged := want(uid, collection("Pets", "/pets"), nil)
	metadata := func() *microcks.Metadata {
		return &microcks.Metadata{Labels: listedBy("payments"), Annotations: map[string]string{plan.AnnotationRun: runs + "99"}}
	}
	r := &plan.Remains{
		Owner: plan.Owner{Repository: repository, RepositoryID: "7", Manifest: "payments"}, Run: runs + "100",
		Wanted: []*plan.Wanted{judged.Wanted}, Artifacts: []*plan.Artifact{{Judged: judged}},
		Importers: []microcks.ImportJob{
			{ID: "j1", Name: "Pets", RepositoryURL: origin + "/collections/" + uid, Active: true, Metadata: metadata()},
			{
				ID: "j2", Name: "Old", RepositoryURL: origin + "/collections/" + goneUID, Active: true, Metadata: metadata(),
				ServiceRefs: []microcks.ServiceRef{{ServiceID: "s2", Name: "Old", Version: "1"}},
			},
		},
		Services: []microcks.Service{
			{ID: "s1", Name: "Pets", Version: "1.0", SourceArtifact: uid},
			{ID: "s2", Name: "Old", Version: "1", SourceArtifact: goneUID},
			{ID: "s3", Name: "Left", Version: "2", SourceArtifact: goneUpload, Metadata: metadata()},
		},
		RemoveServices: true,
		InPostman:      map[string]bool{},
		Inside:         map[string][]string{"s2": {goneUID}, "s3": {goneUpload}},
	}
	if change != nil {
		change(r)
	}
	return r
}

// told are leftovers in words: what each is, and what becomes of it.
func told(all []*plan.Leftover) string {
	fate := func(f plan.Fate) string {
		switch {
		case f.Ask:
			return "ask"
		case f.Look:
			return "look"
		case f.Kept != "":
			return strings.TrimSpace(string(f.Kept) + " " + string(f.By))
		}
		return "goes"
	}
	var lines []string
	for _, l := range all {
		line := l.ID() + " of " + l.Source + " " + fate(l.Fate)
		for _, s := range l.Services {
			line += ", " + s.ID + " " + fate(s.Fate)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// TestLeftovers is the table of what is left over, and of what becomes of it.
func TestLeftovers(t *testing.T) {
	t.Parallel()
	importer := func(fate string) string { return "j2 of " + goneUID + " " + fate }
	upload := func(fate string) string { return "s3 of " + goneUpload + " " + fate }
	both := importer("goes, s2 goes") + "\n" + upload("goes")
	job := func(r *plan.Remains) *microcks.ImportJob { return &r.Importers[1] }
	service := func(r *plan.Remains, id int) *microcks.Service { return &r.Services[id-1] }
	label := func(m *microcks.Metadata, name, value string) {
		if m.Labels[name] = value; value == "" {
			delete(m.Labels, name)
		}
	}
	for name, tt := range map[string]struct {
		change func(*plan.Remains)
		want   string
		owned  int
	}{
		"both go":                         {nil, both, 3},
		"a list of the workflow has none": {func(r *plan.Remains) { r.Manifest = "" }, "", 0},
		"without the key":                 {func(r *plan.Remains) { label(job(r).Metadata, plan.LabelManifest, "") }, upload("goes"), 2},
		"with another manifest's key": {func(r *plan.Remains) {
			label(job(r).Metadata, plan.LabelManifest, "orders")
			label(service(r, 3).Metadata, plan.LabelManifest, "orders")
		}, "", 1},
		"of another repository with the same key": {func(r *plan.Remains) {
			label(job(r).Metadata, plan.LabelRepositoryID, "8")
			label(service(r, 3).Metadata, plan.LabelManagedBy, "microcks-operator")
		}, "", 1},
		"of a repository that was renamed": {func(r *plan.Remains) {
			label(job(r).Metadata, plan.LabelRepository, "acme/zoo")
		}, both, 3},

		// What is listed is no leftover, whatever else is there of it.
		"listed, and not read": {func(r *plan.Remains) {
			r.Wanted = append(r.Wanted, &plan.Wanted{UID: goneUID, URL: origin + "/collections/" + goneUID})
		}, upload("goes"), 3},
		"an importer by the bare uuid, with a query": {func(r *plan.Remains) {
			job(r).RepositoryURL = origin + "/collections/" + strings.ToUpper(goneUID[9:]) + "?apikey=x"
			r.Wanted = append(r.Wanted, &plan.Wanted{UID: goneUID, URL: origin + "/collections/" + goneUID})
		}, upload("goes"), 3},
		"listed, of another host": {func(r *plan.Remains) {
			job(r).RepositoryURL = "https://api.eu.postman.com/collections/" + goneUID
			r.Wanted = append(r.Wanted, &plan.Wanted{UID: goneUID, URL: origin + "/collections/" + goneUID})
		}, upload("goes"), 3},
		"the pair of a folder": {func(r *plan.Remains) {
			r.Wanted = append(r.Wanted, &plan.Wanted{File: "pets", Paired: goneUID})
		}, upload("goes"), 3},
		"an entry whose collections are not known": {func(r *plan.Remains) {
			r.Wanted = append(r.Wanted, &plan.Wanted{Source: "workspace:1"})
		}, "", 0},
		"an older version of what is uploaded": {func(r *plan.Remains) {
			r.Artifacts[0].Upload = &plan.Upload{Name: goneUpload}
		}, importer("goes, s2 goes"), 3},
		"an upload of a file that was not read": {func(r *plan.Remains) {
			service(r, 3).Metadata.Annotations[plan.AnnotationFile] = "postman/left.json"
			r.Wanted = append(r.Wanted, &plan.Wanted{File: "./postman/left.json"})
		}, importer("goes, s2 goes"), 3},
		"an upload of another file": {func(r *plan.Remains) {
			service(r, 3).Metadata.Annotations[plan.AnnotationFile] = "postman/left.json"
			r.Wanted = append(r.Wanted, &plan.Wanted{File: "postman/other.json"})
		}, both, 3},
		"an uploaded uid, in another version": {func(r *plan.Remains) { service(r, 3).SourceArtifact = uid }, importer("goes, s2 goes"), 3},
		"a service that no upload made": {func(r *plan.Remains) { service(r, 3).SourceArtifact = "openapi.yaml" },
			importer("goes, s2 goes"), 2},

		// What stays, although its source is gone.
		"a later run wrote them": {func(r *plan.Remains) {
			job(r).Metadata.Annotations[plan.AnnotationRun] = runs + "101"
			service(r, 3).Metadata.Annotations[plan.AnnotationRun] = "https://github.com/acme/zoo/actions/runs/1000"
		}, importer("later-run 101, s2 later-run 101") + "\n" + upload("later-run 1000"), 3},
		"this run wrote them": {func(r *plan.Remains) { job(r).Metadata.Annotations[plan.AnnotationRun] = runs + "100" }, both, 3},
		"nobody says which run": {func(r *plan.Remains) {
			job(r).Metadata.Annotations, service(r, 3).Metadata.Annotations = nil, map[string]string{plan.AnnotationRun: "x/actions/runs/1e9"}
		}, both, 3},
		"a collection of this run makes the services": {func(r *plan.Remains) {
			for _, key := range []plan.Key{{Name: "Old", Version: "1"}, {Name: "Left", Version: "2"}} {
				a := *r.Artifacts[0]
				a.Key = key
				r.Artifacts = append(r.Artifacts, &a)
			}
		}, importer("goes, s2 predicted") + "\n" + upload("predicted"), 3},
		"another importer is bound to the services": {func(r *plan.Remains) {
			r.Importers = append(r.Importers, microcks.ImportJob{ID: "j9", Name: "Other", ServiceRefs: []microcks.ServiceRef{
				{ServiceID: "s2", Name: "Old", Version: "1"}, {ServiceID: "s3", Name: "Left", Version: "2"},
			}})
		}, importer("goes, s2 fed Other") + "\n" + upload("fed Other"), 3},
		"another importer reads the same collection": {func(r *plan.Remains) {
			r.Importers = append(r.Importers, microcks.ImportJob{ID: "j9", Name: "Other", RepositoryURL: origin + "/collections/" + goneUID[9:]})
		}, importer("goes, s2 fed Other") + "\n" + upload("goes"), 3},
		"an importer that goes, too, is bound to an upload": {func(r *plan.Remains) {
			job(r).ServiceRefs = append(job(r).ServiceRefs, microcks.ServiceRef{ServiceID: "s3", Name: "Left", Version: "2"})
		}, both, 3},
		"examples of another artifact": {func(r *plan.Remains) {
			r.Inside = map[string][]string{"s2": {goneUID, "examples.yaml"}, "s3": {"more.json", goneUpload}}
		}, importer("goes, s2 other examples.yaml") + "\n" + upload("other more.json"), 3},
		"the service is another repository's": {func(r *plan.Remains) {
			service(r, 2).Metadata = &microcks.Metadata{Labels: plan.Owner{Repository: "acme/other"}.Labels()}
		}, importer("goes, s2 elsewhere acme/other") + "\n" + upload("goes"), 3},
		"the service is another manifest's": {func(r *plan.Remains) {
			service(r, 2).Metadata = &microcks.Metadata{Labels: listedBy("orders")}
		}, importer("goes, s2 elsewhere orders") + "\n" + upload("goes"), 3},
		"another artifact took the service over": {func(r *plan.Remains) { service(r, 2).SourceArtifact = "openapi.yaml" },
			importer("goes, s2 other openapi.yaml") + "\n" + upload("goes"), 3},
		"services of importers are not to go": {func(r *plan.Remains) { r.RemoveServices = false },
			importer("goes, s2 no-removing") + "\n" + upload("goes"), 3},
		"a URL of something else": {func(r *plan.Remains) { job(r).RepositoryURL = "https://example.com/openapi.yaml?token=x" },
			"j2 of  other-url https://example.com/openapi.yaml?…, s2 other-url https://example.com/openapi.yaml?…\n" + upload("goes"), 3},

		// What a workspace lists no more is asked for.
		"not asked yet": {func(r *plan.Remains) { r.Vanished = true }, importer("ask, s2 ask") + "\n" + upload("goes"), 3},
		"not to be asked for, by the bare uuid": {func(r *plan.Remains) {
			job(r).RepositoryURL, r.Vanished = origin+"/collections/"+goneUID[9:], true
		}, "j2 of " + goneUID[9:] + " other-url " + origin + "/collections/" + goneUID[9:] +
			", s2 other-url " + origin + "/collections/" + goneUID[9:] + "\n" + upload("goes"), 3},
		"an importer that took an upload's place": {func(r *plan.Remains) {
			service(r, 2).Metadata = &microcks.Metadata{Labels: listedBy("payments")}
			r.RemoveServices = false
		}, importer("goes") + "\ns2 of " + goneUID + " goes\n" + upload("goes"), 4},
		"Postman has it": {func(r *plan.Remains) { r.Vanished, r.InPostman = true, map[string]bool{goneUID: true} },
			importer("in-postman, s2 in-postman") + "\n" + upload("goes"), 3},
		"its workspace lists it, and its entry leaves it out": {func(r *plan.Remains) {
			r.Vanished, r.LeftOut = true, []string{strings.ToUpper(goneUID)}
		}, both, 3},
		"Postman has it no more": {func(r *plan.Remains) { r.Vanished, r.InPostman = true, map[string]bool{goneUID: false} }, both, 3},
		"an uploaded uid that is not asked for yet": {func(r *plan.Remains) {
			service(r, 3).SourceArtifact, r.Vanished = goneUID, true
			r.Inside = nil
		}, importer("ask, s2 ask") + "\ns3 of " + goneUID + " fed Old", 3},
		"an uploaded uid, without its importer": {func(r *plan.Remains) {
			service(r, 3).SourceArtifact, r.Vanished, r.Inside = goneUID, true, nil
			r.Importers = r.Importers[:1]
		}, "s3 of " + goneUID + " ask", 2},
		"an uploaded uid, whose service has to be looked into": {func(r *plan.Remains) {
			service(r, 3).SourceArtifact, r.Vanished = goneUID, true
			r.InPostman, r.Inside = map[string]bool{goneUID: false}, nil
		}, importer("goes, s2 look") + "\ns3 of " + goneUID + " look", 3},
		"nobody is asked for what stays": {func(r *plan.Remains) {
			job(r).Metadata.Annotations[plan.AnnotationRun] = runs + "101"
			r.Vanished, r.Inside = true, nil
		}, importer("later-run 101, s2 later-run 101") + "\n" + upload("look"), 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all, owned := plan.Leftovers(remains(tt.change))
			if diff := cmp.Diff(tt.want, told(all)); diff != "" || owned != tt.owned {
				t.Errorf("%d owned, want %d; -want +got:\n%s", owned, tt.owned, diff)
			}
		})
	}
}

// TestTooMany: at most ten, at most half, and nothing by a manifest without entries.
func TestTooMany(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		going, owned, entries int
		refused               bool
	}{
		{0, 0, 0, false}, {0, 5, 0, false}, {1, 20, 0, true},
		{10, 20, 1, false}, {10, 19, 1, true}, {11, 100, 1, true},
		{1, 2, 1, false}, {1, 1, 1, true}, {2, 3, 1, true},
	} {
		p := plan.TooMany(tt.going, tt.owned, tt.entries)
		if (p != nil) != tt.refused || p != nil && (p.ExitCode != 1 || p.Level != result.Error) {
			t.Errorf("%d of %d with %d entries: %v", tt.going, tt.owned, tt.entries, p)
		}
	}
}

// TestManifestLabel: what a run with a manifest makes, and what earlier runs of the
// repository made, says which one lists it.
func TestManifestLabel(t *testing.T) {
	t.Parallel()
	judged := want(uid, collection("Pets", "/pets"), nil)
	labelled := func(labels map[string]string) func(*microcks.ImportJob) {
		return func(job *microcks.ImportJob) { job.Metadata.Labels = maps.Clone(labels) }
	}
	mine := plan.Owner{Repository: repository}.Labels()
	others := plan.Owner{Repository: "acme/other"}.Labels()
	with := func(labels map[string]string, key string) map[string]string {
		labels = maps.Clone(labels)
		labels[plan.LabelManifest] = key
		return labels
	}
	for name, tt := range map[string]struct {
		there    map[string]string // labels of the importer; nil: there is none
		manifest string
		takeOver bool
		want     string // the field that changes, or the note
	}{
		"a new importer":                       {nil, "payments", false, "payments"},
		"one of ours":                          {mine, "payments", false, "label: payments"},
		"one of ours that has it":              {with(mine, "payments"), "payments", false, ""},
		"one of another manifest":              {with(mine, "orders"), "payments", false, "note"},
		"one of another manifest, taken over":  {with(mine, "orders"), "payments", true, "label: payments"},
		"one of a manifest, listed without":    {with(mine, "orders"), "", true, "note"},
		"one of another repository":            {others, "payments", true, ""},
		"one of another repository's manifest": {with(others, "payments"), "payments", true, ""},
		"one that was made by hand":            {map[string]string{"team": "web"}, "payments", false, ""},
		"a list of the workflow":               {mine, "", false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := judged
			w := *j.Wanted
			w.TakeOver = tt.takeOver
			j.Wanted = &w
			s := settings([]plan.Judged{j})
			s.Manifest = tt.manifest
			there := plan.Snapshot{Version: version, Secrets: secret(nil), Services: map[plan.Key]plan.Existing{j.Key: existing(j, nil)}}
			if tt.there != nil {
				there.Jobs = []microcks.ImportJob{imported(j, labelled(tt.there))}
				if tt.there[plan.LabelRepository] == "acme/other" || tt.there[plan.LabelRepository] == "" {
					there.Jobs[0].ID = "j1"
				}
			}
			a := plan.Make(s, []plan.Judged{j}, there).Artifacts[0]
			got := ""
			if tt.there == nil {
				got = a.Importer.Labels[plan.LabelManifest]
			}
			for _, f := range a.Fields {
				if f.Field == result.FieldLabel && f.Key == plan.LabelManifest && tt.there != nil {
					got = fmt.Sprintf("label: %s", *f.To)
				}
			}
			for _, p := range a.Problems {
				if p.Anchor == "manifest-of-another" {
					got += "note"
				}
			}
			if got != tt.want {
				t.Errorf("%q, want %q: %v %v", got, tt.want, a.Fields, a.Problems)
			}
		})
	}
}
