package manifest

import (
	"path"
	"regexp"
	"strconv"
	"strings"
)

// mostImporters of one resource. kubectl apply keeps a copy of a resource in its
// annotations, which have 256 KiB in all, and the operator a condition for each importer.
const mostImporters = 500

// WriteAPISource writes the entries as importers of a custom resource of Microcks'
// operator, and of as many more as they need, with numbers behind their names. Each entry
// has a URL. First come the lines of about as comments, last what stands aside.
//
// The form is that of the operator's 0.0.9: deploy/crd/apisources.microcks.io-v1.yml and
// APISourceReconciler.java. name is one that [ResourceName] made.
func (m *Manifest) WriteAPISource(name string, about []string, aside []Aside) []byte {
	w := begin(about)
	w.resource(name)
	if len(m.Entries) == 0 {
		w.line(inList, "[]")
	}
	for i := range m.Entries {
		if i > 0 && i%mostImporters == 0 {
			w.line("", "---")
			w.resource(name + "-" + strconv.Itoa(i/mostImporters+1))
		}
		w.lines(inList, importer(&m.Entries[i]))
	}
	w.aside(inList, aside, importer)
	return []byte(w.b.String())
}

const inList = "    "

// resource writes how one begins.
func (w *writer) resource(name string) {
	w.line("apiVersion: microcks.io/v1alpha1\nkind: APISource\nmetadata:\n  name: ", scalar(name))
	w.line("  annotations:\n    microcks.io/instance: microcks\n", "spec:\n  importers:")
}

// importer are the lines of an entry as one. It has a name in any case: the operator would
// make an importer without.
func importer(e *Entry) []string {
	lines := fields(e, func(k *key) string { return k.inAPISource })
	if e.ImporterName == nil {
		lines = append([]string{"name: " + scalar(path.Base(e.URL))}, lines...)
	}
	lines = append(lines, "repository:", "  url: "+scalar(e.URL))
	if e.SecretRef != "" {
		lines = append(lines, "  secretRef: "+scalar(e.SecretRef))
	}
	return listed(lines)
}

// notInName is what no label of RFC 1123 has.
var notInName = regexp.MustCompile("[^a-z0-9]+")

// longestName is the most characters of a label of RFC 1123.
const longestName = 63

// ResourceName is a name of a resource of Kubernetes that tells of a repository,
// OWNER/REPO; with "" one that tells of no repository.
func ResourceName(repository string) string {
	name := strings.Trim(notInName.ReplaceAllString(strings.ToLower(path.Base(repository)), "-"), "-")
	if name == "" {
		return "postman-collections"
	}
	return strings.TrimRight(name[:min(len(name), longestName)], "-")
}
