package microcks

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/go-json-experiment/json/jsontext"
)

// Unknown holds the members of a document that this client does not know, so
// that writing it back keeps them.
type Unknown map[string]jsontext.Value

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
	Unknown         Unknown      `json:",embed"`
}

// Metadata of an importer or service.
type Metadata struct {
	Labels      map[string]string `json:"labels,omitzero"`
	Annotations map[string]string `json:"annotations,omitzero"`
	Unknown     Unknown           `json:",embed"`
}

// SecretRef is an importer's reference to a secret.
type SecretRef struct {
	SecretID string  `json:"secretId"`
	Name     string  `json:"name"`
	Unknown  Unknown `json:",embed"`
}

// ServiceRef names a service that an import made or changed. One without an id
// is a secondary artifact that found no service.
type ServiceRef struct {
	ServiceID string  `json:"serviceId,omitempty"`
	Name      string  `json:"name"`
	Version   string  `json:"version"`
	Unknown   Unknown `json:",embed"`
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

// Imported is the time of the last import in milliseconds, 0 before the first.
func (j *ImportJob) Imported() int64 {
	if j.LastImportDate == nil {
		return 0
	}
	return *j.LastImportDate
}

// Jobs lists every importer.
func (c *Client) Jobs(ctx context.Context) ([]ImportJob, error) {
	return pages(ctx, c, "listing the importers", "/jobs", func(j ImportJob) string { return j.ID })
}

// Job reads one importer; nil when there is none.
func (c *Client) Job(ctx context.Context, id string) (*ImportJob, error) {
	var job ImportJob
	found, err := c.call(ctx, "reading importer "+id, http.MethodGet, "/jobs/"+url.PathEscape(id), nil, &job)
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
	return c.writeJob(ctx, fmt.Sprintf("saving importer %q (%s)", oneLine(job.Name, 80), job.ID), http.MethodPost, "/jobs/"+url.PathEscape(job.ID), &sent)
}

// StartJob imports now and activates the importer. It answers when the import
// has ended; whether it worked stands in the returned importer's
// LastImportError, whatever the status.
func (c *Client) StartJob(ctx context.Context, id string) (*ImportJob, error) {
	return c.writeJob(ctx, "starting the import of importer "+id, http.MethodPut, "/jobs/"+url.PathEscape(id)+"/start", nil)
}

// ActivateJob puts the importer into the server's schedule.
func (c *Client) ActivateJob(ctx context.Context, id string) (*ImportJob, error) {
	return c.writeJob(ctx, "activating importer "+id, http.MethodPut, "/jobs/"+url.PathEscape(id)+"/activate", nil)
}

// StopJob takes the importer out of the server's schedule.
func (c *Client) StopJob(ctx context.Context, id string) (*ImportJob, error) {
	return c.writeJob(ctx, "stopping importer "+id, http.MethodPut, "/jobs/"+url.PathEscape(id)+"/stop", nil)
}

// DeleteJob deletes an importer; the services it imported stay. One that is
// already gone is no error.
func (c *Client) DeleteJob(ctx context.Context, id string) error {
	_, err := c.call(ctx, "deleting importer "+id, http.MethodDelete, "/jobs/"+url.PathEscape(id), nil, nil)
	return notFoundIsNil(err)
}

func (c *Client) writeJob(ctx context.Context, doing, method, path string, in any) (*ImportJob, error) {
	var job ImportJob
	found, err := c.call(ctx, doing, method, path, in, &job)
	if err == nil && (!found || job.ID == "") {
		err = &BrokenAnswerError{Doing: doing, Status: http.StatusOK, Err: errNoBody}
	}
	if err != nil {
		return nil, err
	}
	return &job, nil
}
