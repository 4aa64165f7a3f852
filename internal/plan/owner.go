package plan

import (
	"cmp"
	"slices"
	"strings"

	"postman-microcks-importer/internal/microcks"
)

// Labels that say who made something. Only what carries them is ever deleted.
const (
	LabelManagedBy    = "managed-by"
	LabelRepository   = "managed-by-repository"
	LabelRepositoryID = "managed-by-repository-id"
	LabelManifest     = "managed-by-manifest"
	program           = "postman-microcks-importer"
)

// Owner is whose runs make something: a repository. The zero value is nobody, to whom
// nothing belongs.
type Owner struct {
	Repository string // OWNER/REPO; empty off GitHub
	// RepositoryID is GitHub's number of it, which stays when it is renamed, while its
	// name can be taken by another one; empty where nobody said it.
	RepositoryID string
	// Manifest is the key of the manifest that lists what is made; empty for a list of the
	// workflow.
	Manifest string
}

// Labels of what the owner makes.
func (o Owner) Labels() map[string]string {
	labels := map[string]string{LabelManagedBy: program}
	if o.Repository != "" {
		labels[LabelRepository] = o.Repository
	}
	if o.RepositoryID != "" {
		labels[LabelRepositoryID] = o.RepositoryID
	}
	if o.Manifest != "" {
		labels[LabelManifest] = o.Manifest
	}
	return labels
}

// Made reports whether runs of the owner made what has this metadata. Where both sides
// know the repository's number, it decides alone.
func (o Owner) Made(m *microcks.Metadata) bool {
	switch id := label(m, LabelRepositoryID); {
	case o.Repository == "" || label(m, LabelManagedBy) != program:
		return false
	case id != "" && o.RepositoryID != "":
		return id == o.RepositoryID
	}
	return label(m, LabelRepository) == o.Repository
}

// Another is the repository of another owner that the labels name, or who else is said
// to manage it; "" when nobody is.
func (o Owner) Another(m *microcks.Metadata) string {
	switch by := label(m, LabelManagedBy); {
	case o.Made(m), by == "":
		return ""
	case by != program:
		return by
	}
	return label(m, LabelRepository)
}

// Lists reports whether runs of the owner with the same manifest made what has this
// metadata. Only that is pruned.
func (o Owner) Lists(m *microcks.Metadata) bool {
	return o.Manifest != "" && o.Made(m) && label(m, LabelManifest) == o.Manifest
}

// otherManifest is the key of another manifest that the labels of what is the owner's
// name; "" where they name none.
func (o Owner) otherManifest(m *microcks.Metadata) string {
	if key := label(m, LabelManifest); o.Made(m) && key != o.Manifest {
		return key
	}
	return ""
}

// managed reports whether labels say that something is managed, by whomever.
func managed(m *microcks.Metadata) bool {
	if m == nil {
		return false
	}
	for key := range m.Labels {
		if strings.HasPrefix(key, LabelManagedBy) {
			return true
		}
	}
	return false
}

// Elsewhere is who or which manifest else the labels name, as [Owner.Another]; "" where
// they name none. What an importer made is anybody's, if not somebody else's.
func (o Owner) Elsewhere(m *microcks.Metadata) string {
	return cmp.Or(o.Another(m), o.otherManifest(m))
}

// SameOwner reports whether two states of an importer have the labels of one owner and
// one manifest.
func SameOwner(a, b *microcks.ImportJob) bool {
	return !slices.ContainsFunc([]string{LabelManagedBy, LabelRepository, LabelRepositoryID, LabelManifest}, func(name string) bool {
		return a.Label(name) != b.Label(name)
	})
}

func annotation(m *microcks.Metadata, name string) string {
	if m == nil {
		return ""
	}
	return m.Annotations[name]
}

func label(m *microcks.Metadata, name string) string {
	if m == nil {
		return ""
	}
	return m.Labels[name]
}
