package reconcile

import (
	"net/url"
	"regexp"

	"postman-microcks-importer/internal/microcks"
)

// Importers that others made can hold credentials in their URL, and servers
// repeat them: in the name of an artifact, in the error of an import. They are
// hidden in everything that a run says.
var (
	userinfo    = regexp.MustCompile(`://[^/\s"'@]+@`)
	secretQuery = regexp.MustCompile(`(?i)([?&](?:access_?key|api_?-?key|key|token|password|secret)=)[^&\s"')\]]+`)
	postmanKey  = regexp.MustCompile(`(?i)\b(PMA[KT])-[0-9a-z-]+`)
)

// hideCredentials blots out what a URL in a text may hold.
func hideCredentials(text string) string {
	text = userinfo.ReplaceAllString(text, "://")
	text = secretQuery.ReplaceAllString(text, "${1}…")
	return postmanKey.ReplaceAllString(text, "$1-…")
}

// maskImporters tells the log to hide the credentials in the URLs of importers,
// before anything about them is said.
func (r *run) maskImporters(jobs []microcks.ImportJob) {
	for _, job := range jobs {
		address, err := url.Parse(job.RepositoryURL)
		if err != nil {
			continue
		}
		if password, has := address.User.Password(); has {
			r.Mask(password)
		}
		for key, values := range address.Query() {
			if !secretQuery.MatchString("?" + key + "=x") {
				continue
			}
			for _, value := range values {
				r.Mask(value)
			}
		}
	}
}
