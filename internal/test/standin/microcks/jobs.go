package microcks

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
)

// storedJob is an importer's document. Fields that the server does not know are
// dropped when it reads a document.
type storedJob struct {
	ID              *words             `json:"id,omitempty"`
	Name            *words             `json:"name,omitempty"`
	RepositoryURL   *words             `json:"repositoryUrl,omitempty"`
	MainArtifact    flag               `json:"mainArtifact"`
	DisableSSL      flag               `json:"repositoryDisableSSLValidation"`
	Frequency       *words             `json:"frequency,omitempty"`
	CreatedDate     *millis            `json:"createdDate,omitempty"`
	LastImportDate  *millis            `json:"lastImportDate,omitempty"`
	LastImportError *words             `json:"lastImportError,omitempty"`
	Active          flag               `json:"active"`
	ETag            *words             `json:"etag,omitempty"`
	Metadata        *storedMetadata    `json:"metadata,omitempty"`
	SecretRef       *storedSecretRef   `json:"secretRef,omitempty"`
	ServiceRefs     []storedServiceRef `json:"serviceRefs,omitempty"`
}

type storedSecretRef struct {
	SecretID *words `json:"secretId,omitempty"`
	Name     *words `json:"name,omitempty"`
}

type storedServiceRef struct {
	ServiceID *words `json:"serviceId,omitempty"`
	Name      *words `json:"name,omitempty"`
	Version   *words `json:"version,omitempty"`
}

func (j *storedJob) key() *string     { return (*string)(j.ID) }
func (j *storedJob) setKey(id string) { j.ID = ptr(words(id)) }
func (j *storedJob) name() *words     { return j.Name }
func (j *storedJob) sortName() string { return wordsOrEmpty(j.Name) }

func (j *storedJob) labels() textMap {
	if j.Metadata == nil {
		return nil
	}
	return j.Metadata.Labels
}

// touch marks the document as updated now.
func (j *storedJob) touch() {
	if j.Metadata == nil {
		j.Metadata = newMetadata()
	}
	j.Metadata.LastUpdate = now()
}

// shownJob is a job in an answer.
type shownJob struct {
	storedJob
	Metadata *shownMetadata `json:"metadata,omitempty"`
}

func (s *Server) showJob(j *storedJob) shownJob {
	return shownJob{*j, s.version.show(j.Metadata)}
}

func (s *Server) showJobs(jobs []*storedJob) []shownJob {
	shown := []shownJob{}
	for _, j := range jobs {
		shown = append(shown, s.showJob(j))
	}
	return shown
}

// jobEndpoint is the handlers under /api/jobs.
func (s *Server) jobEndpoint(n int, second, third string) map[string]handler {
	switch {
	case n == 1:
		return map[string]handler{"GET": s.listJobs, "POST": s.createJob}
	case n == 2 && second == "count":
		return map[string]handler{"GET": s.countJobs, "POST": s.saveJob, "DELETE": s.deleteJob}
	case n == 2 && second == "search":
		return map[string]handler{"GET": s.searchJobs, "POST": s.saveJob, "DELETE": s.deleteJob}
	case n == 2:
		return map[string]handler{"GET": s.getJob, "POST": s.saveJob, "DELETE": s.deleteJob}
	case third == "activate":
		return map[string]handler{"PUT": s.switchJob(true)}
	case third == "stop":
		return map[string]handler{"PUT": s.switchJob(false)}
	case third == "start":
		return map[string]handler{"PUT": s.startJob}
	}
	return nil
}

// listJobs pages by name, unless ?name asks for a search: then there are no
// pages.
func (s *Server) listJobs(w http.ResponseWriter, r *http.Request, _ caller, _ string) {
	from, size, bad := page(r)
	if bad == http.StatusBadRequest {
		failed(w, r, bad)
		return
	}
	jobs := all[storedJob](s, &s.jobs)
	if r.URL.Query().Has("name") {
		matching, err := found(jobs, r.URL.Query().Get("name"), (*storedJob).name)
		if err != nil {
			failed(w, r, http.StatusInternalServerError)
			return
		}
		send(w, http.StatusOK, s.showJobs(matching))
		return
	}
	if bad != 0 {
		failed(w, r, bad)
		return
	}
	send(w, http.StatusOK, s.showJobs(paged(jobs, from, size, (*storedJob).sortName)))
}

func (s *Server) searchJobs(w http.ResponseWriter, r *http.Request, _ caller, _ string) {
	jobs, ok := search(r, all[storedJob](s, &s.jobs), (*storedJob).name, (*storedJob).labels)
	if !ok {
		failed(w, r, http.StatusInternalServerError)
		return
	}
	send(w, http.StatusOK, s.showJobs(jobs))
}

func (s *Server) countJobs(w http.ResponseWriter, _ *http.Request, _ caller, _ string) {
	send(w, http.StatusOK, map[string]int{"counter": len(all[storedJob](s, &s.jobs))})
}

// getJob answers 200 with no body for an id that does not exist.
func (s *Server) getJob(w http.ResponseWriter, _ *http.Request, _ caller, id string) {
	j, ok := get[storedJob](s, &s.jobs, id)
	if !ok {
		empty(w, http.StatusOK)
		return
	}
	send(w, http.StatusOK, s.showJob(j))
}

// createJob keeps the labels of the metadata that was sent and nothing else of
// it, and sets the date itself. An id that was sent is used, also when a job
// has it already.
func (s *Server) createJob(w http.ResponseWriter, r *http.Request, _ caller, _ string) {
	j, ok := s.readJob(w, r)
	if !ok {
		return
	}
	labels := j.labels()
	j.Metadata = newMetadata()
	j.Metadata.Labels = labels
	j.CreatedDate = now()
	s.storeJob(w, r, j, http.StatusCreated)
}

// saveJob replaces the whole document; the id that counts is the body's.
func (s *Server) saveJob(w http.ResponseWriter, r *http.Request, who caller, _ string) {
	j, ok := s.readJob(w, r)
	if !ok {
		return
	}
	if !who.manages() {
		empty(w, http.StatusForbidden)
		return
	}
	j.touch()
	s.storeJob(w, r, j, http.StatusOK)
}

func (s *Server) storeJob(w http.ResponseWriter, r *http.Request, j *storedJob, status int) {
	if !j.Metadata.storable() {
		failed(w, r, http.StatusInternalServerError)
		return
	}
	send(w, status, s.showJob(put(s, &s.jobs, j)))
}

// readJob reads the document of a request.
func (s *Server) readJob(w http.ResponseWriter, r *http.Request) (*storedJob, bool) {
	body, err := io.ReadAll(r.Body)
	j, problem := s.decodeJob(body)
	if err != nil || problem != nil {
		failed(w, r, http.StatusBadRequest)
		return nil, false
	}
	return j, true
}

func (s *Server) decodeJob(body []byte) (*storedJob, error) {
	if s.version.refusesNullFlags() {
		var flags struct{ MainArtifact, RepositoryDisableSSLValidation, Active json.RawMessage }
		if err := json.Unmarshal(body, &flags); err == nil {
			for _, f := range []json.RawMessage{flags.MainArtifact, flags.RepositoryDisableSSLValidation, flags.Active} {
				if string(f) == "null" {
					return nil, errNull
				}
			}
		}
	}
	j := &storedJob{MainArtifact: true}
	if err := decodeObject(body, j); err != nil {
		return nil, err
	}
	if m := j.Metadata; m != nil {
		fresh := newMetadata()
		if m.CreatedOn == nil {
			m.CreatedOn = fresh.CreatedOn
		}
		if m.LastUpdate == nil {
			m.LastUpdate = fresh.LastUpdate
		}
	}
	return j, nil
}

// decodeObject reads a JSON object; what follows it is not looked at.
func decodeObject(body []byte, into any) error {
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	if len(trimmed) == 0 || trimmed[0] != '{' {
		return errNoObject
	}
	return json.NewDecoder(bytes.NewReader(trimmed)).Decode(into)
}

// switchJob answers activate and stop.
func (s *Server) switchJob(active bool) handler {
	return func(w http.ResponseWriter, r *http.Request, who caller, id string) {
		j, ok := s.jobToChange(w, r, who, id, active && s.version.activatesOnlyJobs())
		if !ok {
			return
		}
		j.Active = flag(active)
		j.touch()
		send(w, http.StatusOK, s.showJob(put(s, &s.jobs, j)))
	}
}

// jobToChange finds the job of a request that wants to change it. Versions
// before 1.15.0 stumble over a missing one.
func (s *Server) jobToChange(w http.ResponseWriter, r *http.Request, who caller, id string, careful bool) (*storedJob, bool) {
	j, ok := get[storedJob](s, &s.jobs, id)
	switch {
	case !ok && s.version.missingJobIs404():
		empty(w, http.StatusNotFound)
	case !ok && careful, !who.manages():
		empty(w, http.StatusForbidden)
	case !ok:
		failed(w, r, http.StatusInternalServerError)
	default:
		return j, true
	}
	return nil, false
}

func (s *Server) deleteJob(w http.ResponseWriter, _ *http.Request, who caller, id string) {
	_, ok := get[storedJob](s, &s.jobs, id)
	switch {
	case !ok && s.version.missingJobIs404():
		empty(w, http.StatusNotFound)
	case !who.manages():
		empty(w, http.StatusForbidden)
	default:
		remove(s, &s.jobs, id)
		empty(w, http.StatusOK)
	}
}
