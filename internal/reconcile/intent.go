package reconcile

import (
	"maps"
	"slices"
	"strconv"

	"postman-microcks-importer/internal/microcks"
)

// intent is what an importer shall have. A nil field keeps what is there, and
// so does everything that is not a field here: the schedule and the server
// itself change other members, and newer servers have members of their own.
type intent struct {
	name        *string
	url         *string
	main        *bool
	labels      map[string]string // added or changed, never removed
	secret      *microcks.SecretRef
	annotations map[string]string // written along with a change, never compared
}

// diff lists the fields in which job is not as intended.
func (in intent) diff(job *microcks.ImportJob) []FieldChange {
	var changes []FieldChange
	add := func(field, from, to string) {
		if from != to {
			changes = append(changes, FieldChange{Field: field, From: from, To: to})
		}
	}
	if in.name != nil {
		add("name", job.Name, *in.name)
	}
	if in.url != nil && job.RepositoryURL != *in.url {
		add("repositoryUrl", withoutQuery(job.RepositoryURL), *in.url)
	}
	if in.main != nil {
		add("mainArtifact", strconv.FormatBool(job.MainArtifact), strconv.FormatBool(*in.main))
	}
	if in.secret != nil && (job.SecretRef == nil || job.SecretRef.SecretID != in.secret.SecretID) {
		from := "(none)"
		if job.SecretRef != nil {
			from = job.SecretRef.Name + " (" + job.SecretRef.SecretID + ")"
		}
		add("secret", from, in.secret.Name+" ("+in.secret.SecretID+")")
	}
	for _, key := range slices.Sorted(maps.Keys(in.labels)) {
		from, to := job.Label(key), in.labels[key]
		if job.Metadata != nil {
			if _, has := job.Metadata.Labels[key]; has && from == to {
				continue
			}
		}
		if from == "" {
			from = "(none)"
		}
		changes = append(changes, FieldChange{Field: "label " + key, From: from, To: to})
	}
	return changes
}

// onto returns job as intended, everything else kept.
func (in intent) onto(job *microcks.ImportJob) *microcks.ImportJob {
	merged := *job
	if in.name != nil {
		merged.Name = *in.name
	}
	if in.url != nil {
		merged.RepositoryURL = *in.url
	}
	if in.main != nil {
		merged.MainArtifact = *in.main
	}
	if in.secret != nil && (job.SecretRef == nil || job.SecretRef.SecretID != in.secret.SecretID) {
		merged.SecretRef = in.secret
	}
	metadata := microcks.Metadata{}
	if job.Metadata != nil {
		metadata = *job.Metadata
	}
	metadata.Labels = merge(metadata.Labels, in.labels)
	metadata.Annotations = merge(metadata.Annotations, in.annotations)
	merged.Metadata = &metadata
	return &merged
}

// merge returns base with more added, leaving both as they are.
func merge(base, more map[string]string) map[string]string {
	if len(more) == 0 {
		return base
	}
	merged := maps.Clone(base)
	if merged == nil {
		merged = make(map[string]string, len(more))
	}
	maps.Copy(merged, more)
	return merged
}
