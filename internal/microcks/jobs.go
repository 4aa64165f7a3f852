package microcks

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strings"

	"postman-microcks-importer/internal/text"
)

// ImportJob is an importer. Dates are milliseconds since 1970.
type ImportJob struct {
	ID              string       `json:"id,omitempty"`
	Name            string       `json:"name"`
	RepositoryURL   string       `json:"repositoryUrl"`
	MainArtifact    bool         `json:"mainArtifact"`
	Active          bool         `json:"active"`
	CreatedDate     *int64       `json:"createdDate,omitzero"`
	LastImportDate  *int64       `json:"lastImportDate,omitzero"`
	LastImportError *string      `json:"lastImportError,omitzero"`
	ETag            *string      `json:"etag,omitzero"`
	Metadata        *Metadata    `json:"metadata,omitzero"`
	SecretRef       *SecretRef   `json:"secretRef,omitzero"`
	ServiceRefs     []ServiceRef `json:"serviceRefs,omitzero"`
	// DisableSSLValidation: the server takes every certificate when it downloads.
	DisableSSLValidation *bool   `json:"repositoryDisableSSLValidation,omitzero"`
	Unknown              Unknown `json:"-"`
}

// Metadata of an importer or service.
type Metadata struct {
	Labels      map[string]string `json:"labels,omitzero"`
	Annotations map[string]string `json:"annotations,omitzero"`
	Unknown     Unknown           `json:"-"`
}

// SecretRef is an importer's reference to a secret.
type SecretRef struct {
	SecretID string  `json:"secretId"`
	Name     string  `json:"name"`
	Unknown  Unknown `json:"-"`
}

// ServiceRef names a service that an import made or changed. One without an id
// is a secondary artifact that found no service.
type ServiceRef struct {
	ServiceID string  `json:"serviceId,omitempty"`
	Name      string  `json:"name"`
	Version   string  `json:"version"`
	Unknown   Unknown `json:"-"`
}

// Label of the importer, "" when there is none.
func (j *ImportJob) Label(key string) string {
	if j.Metadata == nil {
		return ""
	}
	return j.Metadata.Labels[key]
}

// Annotation of the importer, "" when there is none.
func (j *ImportJob) Annotation(key string) string {
	if j.Metadata == nil {
		return ""
	}
	return j.Metadata.Annotations[key]
}

// Failed is the error of the last import, "" when it had none.
func (j *ImportJob) Failed() string {
	if j.LastImportError == nil {
		return ""
	}
	return *j.LastImportError
}

// DownloadFailed reports whether the last import failed because the server could
// not download the collection. It says so in these words, and no more.
func (j *ImportJob) DownloadFailed() bool {
	return strings.HasSuffix(j.Failed(), "cannot be downloaded")
}

// TrustsAnyone reports whether the server takes every certificate when it downloads
// the collection.
func (j *ImportJob) TrustsAnyone() bool {
	return j.DisableSSLValidation != nil && *j.DisableSSLValidation
}

// Imported is the time of the last import in milliseconds, 0 before the first.
func (j *ImportJob) Imported() int64 {
	if j.LastImportDate == nil {
		return 0
	}
	return *j.LastImportDate
}

// Jobs lists every importer.
func (c *Client) Jobs(ctx context.Context) ([]ImportJob, error) {
	return pages(ctx, c, "listing the importers", "/jobs", math.MaxInt, func(j ImportJob) string { return j.ID })
}

// Job reads one importer; nil when there is none.
func (c *Client) Job(ctx context.Context, id string) (*ImportJob, error) {
	var job ImportJob
	found, err := c.call(ctx, request{doing: "reading importer " + id, method: http.MethodGet, path: jobPath(id)}, &job)
	if err != nil || !found || job.ID == "" {
		return nil, notFoundIsNil(err)
	}
	return &job, nil
}

// SaveJob writes the whole importer under its id and creates it where there is
// none. Unlike creation without an id it keeps annotations and dates.
func (c *Client) SaveJob(ctx context.Context, job *ImportJob) (*ImportJob, error) {
	sent := *job
	if sent.Metadata == nil {
		sent.Metadata = &Metadata{} // null breaks servers with repository tenancy
	}
	return c.writeJob(ctx, request{
		doing:  fmt.Sprintf("saving importer %q (%s)", text.Excerpt(job.Name, 80), job.ID),
		method: http.MethodPost, path: jobPath(job.ID), body: &sent,
	})
}

// StartJob imports now and activates the importer. It answers when the import
// has ended; whether it worked stands in the returned importer's
// LastImportError, whatever the status.
func (c *Client) StartJob(ctx context.Context, id string) (*ImportJob, error) {
	return c.writeJob(ctx, request{
		doing: "starting the import of importer " + id, method: http.MethodPut, path: jobPath(id) + "/start", long: true,
	})
}

// ActivateJob puts the importer into the server's schedule.
func (c *Client) ActivateJob(ctx context.Context, id string) (*ImportJob, error) {
	return c.writeJob(ctx, request{doing: "activating importer " + id, method: http.MethodPut, path: jobPath(id) + "/activate"})
}

// StopJob takes the importer out of the server's schedule.
func (c *Client) StopJob(ctx context.Context, id string) (*ImportJob, error) {
	return c.writeJob(ctx, request{doing: "stopping importer " + id, method: http.MethodPut, path: jobPath(id) + "/stop"})
}

// DeleteJob deletes an importer; the services it imported stay. One that is
// already gone is no error.
func (c *Client) DeleteJob(ctx context.Context, id string) error {
	_, err := c.call(ctx, request{doing: "deleting importer " + id, method: http.MethodDelete, path: jobPath(id)}, nil)
	return notFoundIsNil(err)
}

func jobPath(id string) string { return "/jobs/" + url.PathEscape(id) }

func (c *Client) writeJob(ctx context.Context, r request) (*ImportJob, error) {
	var job ImportJob
	r.whole = func() bool { return job.ID != "" }
	found, err := c.call(ctx, r, &job)
	if err == nil && !found {
		err = &BrokenAnswerError{Doing: r.doing, Status: http.StatusOK, Err: errNoBody}
	}
	if err != nil {
		return nil, err
	}
	return &job, nil
}
