package microcks

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"postman-microcks-importer/internal/predict"
)

// startJob imports now. It answers 200 whether the import worked or not, and
// 500 when it crashed: then the job document stays as it was.
func (s *Server) startJob(w http.ResponseWriter, r *http.Request, who caller, id string) {
	j, ok := s.jobToChange(w, r, who, id, false)
	if !ok {
		return
	}
	j.Active = true
	j.touch()
	// A caller who hangs up does not stop the import.
	if !s.runJob(context.WithoutCancel(r.Context()), j) {
		failed(w, r, http.StatusInternalServerError)
		return
	}
	send(w, http.StatusOK, s.showJob(j))
}

// runJob imports what a loaded job points to and saves the loaded document:
// what others wrote into it meanwhile is lost, and a job deleted meanwhile is
// there again. It is false when the import crashed.
func (s *Server) runJob(ctx context.Context, j *storedJob) bool {
	id := string(*j.ID)
	s.pause(func(h Hooks) func(string) { return h.BeforeImport }, id)
	if s.options.StartDelay > 0 {
		time.Sleep(s.options.StartDelay)
	}
	var auth *storedSecret
	if ref := j.SecretRef; ref != nil {
		if ref.SecretID == nil {
			return false // the database refuses to look for null
		}
		auth, _ = get[storedSecret](s, &s.secrets, string(*ref.SecretID))
	}
	j.ServiceRefs, j.LastImportError = nil, nil
	if j.RepositoryURL == nil {
		return false
	}
	url := string(*j.RepositoryURL)
	refs, refusal, crashed := s.importURL(ctx, id, url, auth, bool(j.MainArtifact))
	if crashed {
		return false
	}
	if refusal != "" {
		j.LastImportError = ptr(words(refusal))
	}
	j.ServiceRefs = refs
	j.LastImportDate = now()
	s.pause(func(h Hooks) func(string) { return h.BeforeSave }, id)
	put(s, &s.jobs, j)
	return true
}

// importURL downloads a collection and imports it. The refusal is the text of
// lastImportError, "" for none.
func (s *Server) importURL(ctx context.Context, jobID, url string, auth *storedSecret, main bool) (
	refs []storedServiceRef, refusal string, crashed bool,
) {
	if !strings.HasPrefix(url, "http") {
		return nil, url, false // a file of the server; it has none
	}
	raw, err := s.download(ctx, url, auth)
	switch {
	case errors.Is(err, errBadURL) && s.version.crashesOnBadURL():
		return nil, "", true
	case err != nil:
		return nil, url + " cannot be downloaded", false
	}
	return s.importArtifact(jobID, raw, url, main)
}

// importArtifact makes of a document what the prediction says. Looking the
// service up and saving it are two steps: two imports at once of a service
// that does not exist yet both find nothing, and both create it.
func (s *Server) importArtifact(jobID string, raw []byte, url string, main bool) (refs []storedServiceRef, refusal string, crashed bool) {
	document := predict.Read(raw, predict.Options{Version: s.options.Version})
	target := predict.Target{Main: main, URL: url}
	p := document.Import(target)
	var existing *storedService
	if p.Outcome != predict.Refused {
		var err error
		if existing, err = s.named(p.Name, p.Version); err != nil {
			return nil, "", true
		}
	}
	if existing != nil {
		target.Existing = s.predicted(existing)
		p = document.Import(target)
	}
	s.pause(func(h Hooks) func(string) { return h.AfterDownload }, jobID)
	ref := storedServiceRef{Name: ptr(words(p.Name)), Version: ptr(words(p.Version))}
	switch p.Outcome {
	case predict.Refused:
		return nil, p.ImportError, false
	case predict.Skipped:
		return []storedServiceRef{ref}, "", false
	}
	if p.Service != nil {
		saved := s.saveImported(jobID, p.Service, existing, fileName(url), main)
		s.keepResource(saved, fileName(url), raw, main)
		ref.ServiceID = saved.ID
	}
	return []storedServiceRef{ref}, "", p.Outcome == predict.Crashed
}

// saveImported saves the service, then its messages operation by operation,
// then the service again.
func (s *Server) saveImported(jobID string, p *predict.Service, existing *storedService, source string, main bool) *storedService {
	one := &storedService{Name: ptr(words(p.Name)), Version: ptr(words(p.Version)), Type: p.Type, Metadata: newMetadata()}
	if p.SourceArtifact != "" || main {
		one.SourceArtifact = ptr(words(p.SourceArtifact))
	}
	if existing != nil {
		one.ID, one.Metadata = existing.ID, existing.Metadata
	}
	if main {
		one.Metadata.LastUpdate = now()
	}
	for _, op := range p.Operations {
		one.Operations = append(one.Operations, keptSettings(operationOf(op), existing, main))
	}
	if main {
		put(s, &s.services, one)
	}
	for i, op := range one.Operations {
		id := one.operationID(op)
		s.deleteMessages(id, &source)
		if i == 0 {
			s.pause(func(h Hooks) func(string) { return h.BeforeMessages }, jobID)
		}
		for _, ex := range p.Operations[i].Examples {
			if ex.SourceArtifact == source {
				s.addMessage(id, source, ex)
			}
		}
	}
	saved := put(s, &s.services, one)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.imported[*saved.key()]++
	return saved
}

func operationOf(p predict.Operation) *operation {
	op := &operation{
		Name: p.Name, Method: p.Method, DispatcherRules: (*words)(p.DispatcherRules), ResourcePaths: p.ResourcePaths, Override: p.Override,
	}
	if p.Dispatcher != "" {
		op.Dispatcher = ptr(words(p.Dispatcher))
	}
	return op
}

// keptSettings adds what an import keeps and a prediction does not tell: the
// delays, of overridden operations or under a secondary artifact.
func keptSettings(op *operation, existing *storedService, main bool) *operation {
	if existing == nil {
		return op
	}
	for _, old := range existing.Operations {
		if old.Name == op.Name && (old.Override || !main) {
			op.DefaultDelay, op.DelayStrategy, op.Override = old.DefaultDelay, old.DelayStrategy, old.Override
		}
	}
	return op
}
