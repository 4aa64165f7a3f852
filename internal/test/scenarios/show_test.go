package scenarios

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"postman-microcks-importer/internal/test/standin/microcks"
)

// show prints what the server holds, without dates, the same in every run.
func (w *story) show(what string) string {
	var text strings.Builder
	switch what {
	case "importers":
		for _, one := range w.Microcks.Jobs() {
			showImporter(&text, one)
		}
	case "secrets":
		for _, one := range w.Microcks.Secrets() {
			showSecret(&text, one)
		}
	case "services":
		for _, one := range w.Microcks.Services() {
			showService(&text, one)
		}
	}
	if text.Len() == 0 {
		return "none\n"
	}
	return text.String()
}

// line prints one indented "key: value"; nothing for an empty value.
func line(text *strings.Builder, key, value string) {
	if value != "" {
		fmt.Fprintf(text, "  %s: %s\n", key, value)
	}
}

func showImporter(text *strings.Builder, one microcks.Job) {
	fmt.Fprintf(text, "importer %s\n", one.ID)
	line(text, "name", one.Name)
	line(text, "url", one.RepositoryURL)
	line(text, "artifact", either(one.MainArtifact, "main", "secondary"))
	line(text, "active", either(one.Active, "yes", "no"))
	line(text, "ssl validation", either(one.DisableSSL, "off", ""))
	line(text, "frequency", one.Frequency)
	line(text, "secret", one.SecretRef.SecretID)
	showMetadata(text, one.Metadata)
	for _, ref := range one.ServiceRefs {
		line(text, "made", strings.TrimSpace(ref.Name+" "+ref.Version+" "+ref.ServiceID))
	}
	line(text, "failed", one.LastImportError)
	line(text, "imported", either(one.LastImportDate == 0, "never", ""))
}

func showMetadata(text *strings.Builder, m microcks.Metadata) {
	for _, key := range slices.Sorted(maps.Keys(m.Labels)) {
		line(text, "label "+key, m.Labels[key])
	}
	for _, key := range slices.Sorted(maps.Keys(m.Annotations)) {
		if strings.HasSuffix(key, "-writer") {
			continue // a random mark
		}
		line(text, "annotation "+key, m.Annotations[key])
	}
}

func showSecret(text *strings.Builder, one microcks.Secret) {
	fmt.Fprintf(text, "secret %s\n", one.ID)
	line(text, "name", one.Name)
	line(text, "description", one.Description)
	line(text, "username", one.Username)
	line(text, "token", either(one.Token == apiKey, "the API key", either(one.Token == "", "", "another")))
	line(text, "header", one.TokenHeader)
	line(text, "ca certificate", one.CACertPem)
}

func showService(text *strings.Builder, one microcks.Service) {
	fmt.Fprintf(text, "service %s\n", one.ID)
	line(text, "name", one.Name+" "+one.Version)
	line(text, "type", one.Type)
	line(text, "from", one.SourceArtifact)
	showMetadata(text, one.Metadata)
	for _, op := range one.Operations {
		var examples []string
		for _, example := range op.Examples {
			name := example.Name
			if example.SourceArtifact != one.SourceArtifact {
				name += " (from " + example.SourceArtifact + ")"
			}
			examples = append(examples, name)
		}
		line(text, op.Name, either(len(examples) == 0, "-", strings.Join(examples, ", ")))
	}
}

func either(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}
