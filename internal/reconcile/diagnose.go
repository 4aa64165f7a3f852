package reconcile

import (
	"fmt"
	"net/url"
	"strings"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// diagnose explains a failed import from both sides: this run could fetch the
// same collection a moment ago, so what Microcks says narrows the cause down.
func diagnose(a *plan.Artifact, bytes int, job *microcks.ImportJob) error {
	said := job.Failed()
	if !job.DownloadFailed() {
		return &result.Problem{Level: result.Error,
			Text: text.Untrustedf("importing: Microcks refused the collection: %s", text.Cut(said, 300)),
			Hint: "this run found the same collection good, so Microcks downloaded another text: " +
				"run again in case the collection changed meanwhile, and look for a proxy or sign-in page between Microcks and Postman",
			Anchor: "import-refused", ExitCode: 1,
		}
	}
	causes := downloadCauses(a, job)
	return &result.Problem{Level: result.Error,
		Text: text.Untrustedf("importing: Microcks cannot download %s, which this run could fetch with the same key (%s); "+
			"the most probable cause first: %s",
			plan.WithoutQuery(job.RepositoryURL), text.Size(bytes), strings.Join(causes.texts(), "; ")),
		Hint:   text.Untrusted(causes[0].remedy),
		Anchor: "import-download", ExitCode: 12,
	}
}

// cause of a failed download, with what to do about it.
type cause struct{ text, remedy string }

type causes []cause

func (list causes) texts() []string {
	var texts []string
	for i, c := range list {
		texts = append(texts, fmt.Sprintf("(%d) %s", i+1, c.text))
	}
	return texts
}

// downloadCauses orders what can keep Microcks from a download that works from
// here. The server gives no status, so what is known of the secret and the URL
// decides the order.
func downloadCauses(a *plan.Artifact, job *microcks.ImportJob) causes {
	var list causes
	add := func(text, remedy string) { list = append(list, cause{text, remedy}) }
	kept := keptFor(a, job)
	switch {
	case job.SecretRef == nil:
		add("the importer has no secret, so Microcks sends no key", "set `secret-name`, and the importer changes to that secret")
	case kept == nil:
		add(fmt.Sprintf("the importer uses secret %q, which this action does not keep: its token may be wrong or revoked", job.SecretRef.Name),
			"set `secret-name` so that the importer uses a secret with this run's key, or correct that secret in Microcks")
	case !kept.Comparable:
		add(fmt.Sprintf("the token of secret %q may not be this run's key: this account cannot see it", kept.Ref.Name),
			"let an administrator put the Postman API key into that secret, or give this client the role `admin`")
	}
	if address, err := url.Parse(job.RepositoryURL); err == nil {
		if text.IsLoopback(address.Hostname()) {
			add("the URL is an address of this machine, which inside the container of Microcks is the container itself",
				"use an address that Microcks reaches: the service's name in a compose network, host.docker.internal, or 172.17.0.1")
		}
		if address.Scheme == "http" && !text.IsLoopback(address.Hostname()) {
			add("the URL is plain http and redirects to https, which Microcks does not follow", "use https in `postman-api-url`")
		}
	}
	add("Microcks has no way out to that host (firewall, egress rule, proxy, DNS)",
		"allow Microcks to reach the host, or give its container a proxy "+
			"by PROXY_HOST, PROXY_PORT, PROXY_USERNAME, PROXY_PASSWORD and PROXY_EXCLUDE")
	add("Microcks does not trust the certificate that it is shown, such as that of an inspecting proxy",
		"put the certificate of that authority into the secret (CA certificate) in Microcks")
	add("Postman's rate limit was reached between the two downloads", "run again in a minute")
	return list
}

// keptFor is the secret of an importer, when it is one that this run keeps.
func keptFor(a *plan.Artifact, job *microcks.ImportJob) *plan.Secret {
	if a.Kept == nil || job.SecretRef == nil || job.SecretRef.SecretID != a.Kept.Ref.SecretID {
		return nil
	}
	return a.Kept
}
