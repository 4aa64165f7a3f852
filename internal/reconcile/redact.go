package reconcile

import (
	"net/url"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/text"
)

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
			if !text.IsCredentialParameter(key) {
				continue
			}
			for _, value := range values {
				r.Mask(value)
			}
		}
	}
}
