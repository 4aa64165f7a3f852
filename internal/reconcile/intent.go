package reconcile

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
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
func (in intent) diff(job *microcks.ImportJob) []result.FieldChange {
	var changes []result.FieldChange
	add := func(field result.Field, from, to string) {
		if from != to {
			changes = append(changes, changed(field, from, to))
		}
	}
	if in.name != nil {
		add(result.FieldName, job.Name, *in.name)
	}
	if in.url != nil && job.RepositoryURL != *in.url {
		add(result.FieldRepositoryURL, withoutQuery(job.RepositoryURL), *in.url)
	}
	if in.main != nil {
		add(result.FieldMainArtifact, strconv.FormatBool(job.MainArtifact), strconv.FormatBool(*in.main))
	}
	if in.secret != nil && (job.SecretRef == nil || job.SecretRef.SecretID != in.secret.SecretID) {
		change := result.FieldChange{Field: result.FieldSecret, To: shownSecret(in.secret)}
		if job.SecretRef != nil {
			change.From = shownSecret(job.SecretRef)
		}
		changes = append(changes, change)
	}
	return append(changes, labelChanges(result.FieldLabel, labelsOf(job.Metadata), in.labels)...)
}

// labelChanges are the labels that are added or changed.
func labelChanges(field result.Field, there, wanted map[string]string) []result.FieldChange {
	var changes []result.FieldChange
	for _, key := range slices.Sorted(maps.Keys(wanted)) {
		from, has := there[key]
		if has && from == wanted[key] {
			continue
		}
		change := result.FieldChange{Field: field, Key: text.Untrusted(key), To: untrusted(wanted[key])}
		if has {
			change.From = untrusted(from)
		}
		changes = append(changes, change)
	}
	return changes
}

// changed is a field that had a value and gets another.
func changed(field result.Field, from, to string) result.FieldChange {
	return result.FieldChange{Field: field, From: untrusted(from), To: untrusted(to)}
}

func untrusted(s string) *text.Untrusted { u := text.Untrusted(s); return &u }

func shownSecret(ref *microcks.SecretRef) *text.Untrusted {
	return untrusted(fmt.Sprintf("%s (%s)", ref.Name, ref.SecretID))
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
