package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
)

// Whoever changes a repository can pair a folder with any collection in Postman. The
// pair is believed where the service that the folder makes was made of that collection by
// this repository's runs alone, and takes no importer away that the workflow does not
// give up.
func TestPairedFolders(t *testing.T) {
	t.Parallel()
	reference := want(uid, collection("Pets", "/pets"), nil)
	mine := map[string]string{plan.LabelManagedBy: "postman-microcks-importer", plan.LabelRepository: repository}
	others := map[string]string{plan.LabelManagedBy: "postman-microcks-importer", plan.LabelRepository: "acme/other"}
	label := func(labels map[string]string) func(*microcks.ImportJob) {
		return func(j *microcks.ImportJob) { j.Metadata = &microcks.Metadata{Labels: labels} }
	}
	byUs, byOthers, byHand := imported(reference, nil), imported(reference, label(others)), imported(reference, label(nil))
	another := byHand
	another.ID = "x"
	stays, foreign := []string{"warning importer-beside-folder"}, []string{"error service-foreign"}
	type jobs = []microcks.ImportJob
	for name, c := range map[string]struct {
		paired   string
		delivery plan.Delivery
		jobs     jobs
		service  map[string]string // its labels
		version  string            // of the folder; "" is that of the service
		uploads  bool              // as the collection in Postman
		leaves   int
		said     []string
	}{
		"an importer of ours stays":      {paired: uid, jobs: jobs{byUs}, uploads: true, said: stays},
		"it goes where that is said":     {paired: uid, delivery: plan.ByUpload, jobs: jobs{byUs}, uploads: true, leaves: 1},
		"an upload of ours":              {paired: uid, service: mine, uploads: true},
		"in other capitals":              {paired: strings.ToUpper(uid), service: mine, uploads: true},
		"nobody knows who made it":       {paired: uid, said: foreign},
		"an importer of others":          {paired: uid, jobs: jobs{byOthers}, said: foreign},
		"one made by hand":               {paired: uid, jobs: jobs{byHand}, said: foreign},
		"one of ours beside one by hand": {paired: uid, jobs: jobs{byUs, another}, said: foreign},
		"another repository's":           {paired: uid, service: others, jobs: jobs{byUs}, said: foreign},
		"another collection":             {paired: uid[:len(uid)-1] + "1", jobs: jobs{byUs}, said: foreign},
		"another version":                {paired: uid, delivery: plan.ByUpload, jobs: jobs{byUs}, version: "2.0"},
		"no pair":                        {jobs: jobs{byUs}, said: foreign},
	} {
		folder := want("", strings.Replace(collection("Pets", "/pets"), "version=1.0", "version="+orOne(c.version), 1), func(w *plan.Wanted) {
			w.File, w.Paired, w.Delivery, w.URL, w.Origin = "apis/Pets", c.paired, c.delivery, "", ""
		})
		here := there(reference)
		here.Jobs = c.jobs
		here.Services[reference.Key].Services[0].Metadata = &microcks.Metadata{Labels: c.service}
		a := plan.Make(settings([]plan.Judged{folder}), []plan.Judged{folder}, here).Artifacts[0]
		var problems []string
		for _, p := range said(a.Problems) {
			if !strings.HasSuffix(p, "importer-same-name") && !strings.HasSuffix(p, "other-importer") {
				problems = append(problems, p)
			}
		}
		if diff := cmp.Diff(c.said, problems); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if a.Upload == nil {
			t.Errorf("%s: nothing is uploaded", name)
			continue
		}
		if uploads := a.Upload.Name == uid; uploads != c.uploads || len(a.Upload.Leaving) != c.leaves || len(a.Upload.Stopping) > 0 {
			t.Errorf("%s: as %q, %d importers leave", name, a.Upload.Name, len(a.Upload.Leaving))
		}
	}
}

func orOne(version string) string {
	if version == "" {
		return "1.0"
	}
	return version
}
