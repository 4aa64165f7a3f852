package plan_test

import (
	"fmt"
	"slices"
	"testing"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
)

// What a server holds in thousands is named by a few, and counted.
func TestThousandsOnTheServerAreCounted(t *testing.T) {
	t.Parallel()
	const many = 10_000
	pets := want(uid, collection("Pets", "/a"), nil)
	made := func(change func(*microcks.ImportJob)) (all []microcks.ImportJob) {
		for i := range many {
			job := microcks.ImportJob{ID: fmt.Sprintf("f%05d", i), Name: fmt.Sprintf("number %d", i), RepositoryURL: "https://elsewhere/x"}
			change(&job)
			all = append(all, job)
		}
		return all
	}
	reads := func(job *microcks.ImportJob) { job.RepositoryURL = pets.URL }
	refers := func(job *microcks.ImportJob) { job.SecretRef = &microcks.SecretRef{SecretID: "k1"} }
	ours := imported(pets, nil)
	left := imported(pets, func(job *microcks.ImportJob) {
		job.ServiceRefs = nil
		for i := range many {
			job.ServiceRefs = append(job.ServiceRefs, microcks.ServiceRef{ServiceID: fmt.Sprint(i), Name: "Pets", Version: fmt.Sprint("0.", i)})
		}
	})
	stale := "stale"
	secret := microcks.Secret{ID: "k1", Name: "key of pets", Token: &stale}
	var twins []microcks.Secret
	for i := range many {
		twins = append(twins, microcks.Secret{ID: fmt.Sprint("s", i), Name: "key of pets"})
	}
	for name, c := range map[string]struct {
		jobs    []microcks.ImportJob
		secrets []microcks.Secret
		anchor  string
		more    int // problems beyond those that are told, 0 where one names them
	}{
		"importers beside ours":    {append(made(reads), ours), nil, "importer-foreign", many - 5},
		"importers and none ours":  {made(reads), nil, "importers-ambiguous", 0},
		"importers of its name":    {made(func(job *microcks.ImportJob) { job.Name = "Pets" }), nil, "importer-same-name", many - 5},
		"services that it made":    {[]microcks.ImportJob{left}, nil, "service-left", many - 5},
		"importers of its secret":  {append(made(refers), ours), []microcks.Secret{secret}, "secret-shared", 0},
		"secrets of the same name": {nil, twins, "secrets-ambiguous", 0},
	} {
		p := plan.Make(settings([]plan.Judged{pets}), []plan.Judged{pets}, plan.Snapshot{
			Version: version, Jobs: c.jobs, Secrets: map[string][]microcks.Secret{"key of pets": c.secrets},
		})
		problems := p.Artifacts[0].Problems
		told, more := 0, 0
		for _, problem := range problems {
			if problem.Anchor == c.anchor {
				told, more = told+1, more+problem.More
			}
			if len(problem.Text) > 1000 {
				t.Errorf("%s: a text of %d bytes", name, len(problem.Text))
			}
		}
		if told == 0 || told > 5 || more != c.more {
			t.Errorf("%s: %d told, %d more, want %d: %+v", name, told, more, c.more, problems)
		}
	}
}

// Importers are found by what they refer to.
func TestImportersByReference(t *testing.T) {
	t.Parallel()
	list := []microcks.ImportJob{
		{ID: "1", SecretRef: &microcks.SecretRef{SecretID: "k"}, ServiceRefs: []microcks.ServiceRef{{ServiceID: "s"}, {ServiceID: "t"}, {}}},
		{ID: "2", SecretRef: &microcks.SecretRef{SecretID: "l"}, ServiceRefs: []microcks.ServiceRef{{ServiceID: "s"}}},
		{ID: "3"},
	}
	all := plan.NewImporters(list)
	ids := func(seq func(func(*microcks.ImportJob) bool)) (found []string) {
		for job := range seq {
			found = append(found, job.ID)
		}
		return found
	}
	for name, c := range map[string]struct{ got, want []string }{
		"service":       {ids(all.Bound("s")), []string{"1", "2"}},
		"other service": {ids(all.Bound("t")), []string{"1"}},
		"no service":    {ids(all.Bound("")), nil},
		"secret":        {ids(all.Using("l")), []string{"2"}},
		"no secret":     {ids(all.Using("x")), nil},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
	for job := range all.Bound("s") {
		if job.ID != "1" {
			t.Error("it goes on after its end")
		}
		break
	}
}
