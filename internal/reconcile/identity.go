package reconcile

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/text"
)

// Labels that say who made an importer. Only what carries both is ever
// deleted.
const (
	LabelManagedBy  = "managed-by"
	LabelRepository = "managed-by-repository"
	program         = "postman-microcks-importer"
)

// Annotations of an importer that this action made, written only along with
// another change.
const (
	AnnotationCommit = "postman-microcks-importer-commit"
	AnnotationRun    = "postman-microcks-importer-run"
	// AnnotationWriter is a random mark of the run that wrote last, by which
	// runs at the same time agree who imports.
	AnnotationWriter = "postman-microcks-importer-writer"
)

// ours reports whether runs of this repository made the importer. Without a
// repository nothing is.
func ours(job *microcks.ImportJob, repository string) bool {
	return repository != "" && job.Label(LabelManagedBy) == program && job.Label(LabelRepository) == repository
}

// choice is which of the importers of one collection a run works on.
type choice struct {
	use     *microcks.ImportJob  // nil: there is none yet
	surplus []microcks.ImportJob // ours, to be deleted
	foreign []microcks.ImportJob // not ours, left beside the one in use
	adopted bool                 // use was made by hand or by another repository
}

// choose decides among the importers of one collection: the derived id and
// every one whose URL is this collection.
func choose(candidates []microcks.ImportJob, derivedID, repository string) (choice, error) {
	var own, foreign []microcks.ImportJob
	for _, job := range candidates {
		if job.ID == derivedID || ours(&job, repository) {
			own = append(own, job)
		} else {
			foreign = append(foreign, job)
		}
	}
	byID := func(a, b microcks.ImportJob) int { return strings.Compare(a.ID, b.ID) }
	slices.SortFunc(own, byID)
	slices.SortFunc(foreign, byID)
	switch {
	case len(own) == 0 && len(foreign) == 0:
		return choice{}, nil
	case len(own) == 0 && len(foreign) == 1:
		return choice{use: &foreign[0], adopted: true}, nil
	case len(own) == 0:
		return choice{}, &AmbiguousImportersError{Jobs: foreign}
	}
	// The derived id first, so that runs at the same time choose alike.
	if i := slices.IndexFunc(own, func(j microcks.ImportJob) bool { return j.ID == derivedID }); i > 0 {
		own[0], own[i] = own[i], own[0]
	}
	c := choice{use: &own[0], foreign: foreign, adopted: own[0].Label(LabelRepository) != "" && own[0].Label(LabelRepository) != repository}
	for _, job := range own[1:] {
		if ours(&job, repository) {
			c.surplus = append(c.surplus, job)
		} else {
			c.foreign = append(c.foreign, job)
		}
	}
	return c, nil
}

// AmbiguousImportersError means that several importers made by others read the
// same collection, so it cannot be told which one is meant.
type AmbiguousImportersError struct {
	Jobs []microcks.ImportJob
}

func (e *AmbiguousImportersError) Error() string {
	var lines []string
	for _, job := range e.Jobs {
		kind := "main"
		if !job.MainArtifact {
			kind = "secondary"
		}
		state := "inactive"
		if job.Active {
			state = "active"
		}
		lines = append(lines, fmt.Sprintf("%s %q (%s, %s, %s)", job.ID, job.Name, kind, state, withoutQuery(job.RepositoryURL)))
	}
	return fmt.Sprintf("choosing the importer: %d importers read this collection and none was made by this action: %s", len(e.Jobs), strings.Join(lines, "; "))
}

// Hint says what to do next.
func (e *AmbiguousImportersError) Hint() string {
	return "delete all but one of them in Microcks under Importers; the one that stays is adopted as it is"
}

// Anchor of docs/troubleshooting.md.
func (e *AmbiguousImportersError) Anchor() string { return "importers-ambiguous" }

// ExitCode is 1.
func (e *AmbiguousImportersError) ExitCode() int { return 1 }

// canonicalLike is the clean URL of a collection on the host that an importer
// has already: the two names of Postman's classic region are one.
func canonicalLike(existing, wanted, uid string) string {
	if !postman.SameCollection(existing, wanted, uid) {
		return wanted
	}
	has, err := url.Parse(strings.TrimSpace(existing))
	want, wantErr := url.Parse(wanted)
	if err != nil || wantErr != nil || has.Scheme != want.Scheme {
		return wanted
	}
	return postman.CanonicalURL(has.Scheme+"://"+has.Host, uid)
}

// withoutQuery drops what may hold an access key.
func withoutQuery(address string) string {
	bare, _, found := strings.Cut(text.WithoutUserinfo(address), "?")
	if found {
		return bare + "?…"
	}
	return bare
}
