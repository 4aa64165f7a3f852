package reconcile

import (
	"fmt"
	"strings"
	"testing"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/result"
)

// unasked is a server that is not asked anything.
type unasked struct{ Microcks }

func (unasked) Base() string { return "http://server.example" }

// withImporters is a run with one collection, and with importers on the server.
func withImporters(jobs []microcks.ImportJob) (*reconciliation, *item) {
	it := &item{
		Wanted:     &plan.Wanted{UID: "1-8f4c2a1e", URL: "https://api.getpostman.com/collections/1-8f4c2a1e"},
		Collection: &result.Collection{},
	}
	r := &reconciliation{
		Settings: Settings{Owner: plan.Owner{Repository: "o/r"}}, items: []*item{it}, importers: plan.NewImporters(jobs),
		session: &Session{Microcks: unasked{}},
	}
	r.there.Jobs = jobs
	return r, it
}

// Importers of others that stay are named by a few, and counted.
func TestThousandsThatStayAreCounted(t *testing.T) {
	t.Parallel()
	const many = 10_000
	jobs := make([]microcks.ImportJob, many)
	for i := range jobs {
		jobs[i] = microcks.ImportJob{ID: fmt.Sprint(i), RepositoryURL: "https://api.getpostman.com/collections/1-8f4c2a1e"}
	}
	r, it := withImporters(jobs)
	if mine := r.removable(it); len(mine) != 0 || len(it.Problems) != 5 || it.Problems[4].More != many-5 {
		t.Errorf("%d are removed; %+v", len(mine), it.Problems)
	}
}

// Of the credentials in URLs so many are looked at as anybody could have by mistake.
func TestMaskingEnds(t *testing.T) {
	t.Parallel()
	query := strings.Repeat("&apikey=abcdefgh%d", 10)
	jobs := make([]microcks.ImportJob, 1000)
	for i := range jobs {
		jobs[i] = microcks.ImportJob{
			ID: fmt.Sprint(i), RepositoryURL: "https://api.getpostman.com/collections/1-8f4c2a1e?" + strings.ReplaceAll(query, "%d", fmt.Sprint(i)),
		}
	}
	r, _ := withImporters(jobs)
	masked := map[string]int{}
	r.Mask = func(value string) { masked[value]++ }
	r.maskImporters()
	asked := 0
	for _, n := range masked {
		asked += n
	}
	if asked != mostMasked || masked["abcdefgh0"] != 10 {
		t.Errorf("%d values", asked)
	}
}

// A service is another importer's only where that one stays.
func TestOtherFeeder(t *testing.T) {
	t.Parallel()
	ours := &microcks.Metadata{Labels: map[string]string{plan.LabelManagedBy: "postman-microcks-importer", plan.LabelRepository: "o/r"}}
	feeds := []microcks.ServiceRef{{ServiceID: "s"}}
	mine := microcks.ImportJob{ID: "1", RepositoryURL: "https://api.getpostman.com/collections/1-8f4c2a1e", Metadata: ours, ServiceRefs: feeds}
	of, elsewhere, other := mine, mine, mine
	of.ID, of.Metadata = "2", nil
	elsewhere.ID, elsewhere.RepositoryURL = "3", "https://example.com/x"
	other.ID, other.ServiceRefs = "4", []microcks.ServiceRef{{ServiceID: "t"}}
	for want, jobs := range map[string][]microcks.ImportJob{"": {mine, other}, "2": {mine, of}, "3": {elsewhere, mine}} {
		r, it := withImporters(jobs)
		got := ""
		if job := r.otherFeeder(it, "s"); job != nil {
			got = job.ID
		}
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
