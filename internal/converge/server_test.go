package converge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

// standIn is a Microcks in memory, with what makes converging hard: a start
// loads the importer, takes its time, and saves what it loaded; an answer can
// get lost. Each call can be met by a hook.
type standIn struct {
	guard    sync.Mutex
	jobs     map[string]microcks.ImportJob
	secrets  map[string]microcks.Secret
	services map[string]microcks.Service
	examples map[string][]string // of a service, by id
	// documents that were uploaded, by service and artifact.
	documents map[string]map[string]string
	calls     []string
	clock     int64

	importing time.Duration // of one import
	makes     []string      // the examples that an import makes
	fails     string        // what every import fails with
	// meet is called with each call and its number among its kind, from 1: an
	// error is the answer, after the call was carried out if acted.
	meet func(call string, n int) (err error, acted bool)
}

func newStandIn() *standIn {
	return &standIn{
		jobs: map[string]microcks.ImportJob{}, secrets: map[string]microcks.Secret{}, services: map[string]microcks.Service{},
		examples: map[string][]string{}, documents: map[string]map[string]string{}, clock: 100, importing: 50 * time.Millisecond,
		makes: []string{"one", "two"},
	}
}

// call carries out one call, unless its time is over.
func (s *standIn) call(ctx context.Context, name string, do func() error) error {
	s.guard.Lock()
	s.calls = append(s.calls, name)
	n := 0
	for _, c := range s.calls {
		if c == name {
			n++
		}
	}
	meet := s.meet
	s.guard.Unlock()
	if meet != nil {
		if err, acted := meet(name, n); err != nil {
			if acted {
				_ = s.locked(do)
			}
			return err
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return s.locked(do)
}

func (s *standIn) locked(do func() error) error {
	s.guard.Lock()
	defer s.guard.Unlock()
	return do()
}

// writes are the calls that write.
func (s *standIn) writes() []string {
	s.guard.Lock()
	defer s.guard.Unlock()
	var writes []string
	for _, c := range s.calls {
		if !strings.HasPrefix(c, "GET") {
			writes = append(writes, c)
		}
	}
	return writes
}

func (s *standIn) Job(ctx context.Context, id string) (found *microcks.ImportJob, err error) {
	err = s.call(ctx, "GET job", func() error {
		if job, there := s.jobs[id]; there {
			found = &job
		}
		return nil
	})
	return found, err
}

func (s *standIn) SaveJob(ctx context.Context, job *microcks.ImportJob) (*microcks.ImportJob, error) {
	return job, s.call(ctx, "save", func() error { s.jobs[job.ID] = *job; return nil })
}

func (s *standIn) ActivateJob(ctx context.Context, id string) (*microcks.ImportJob, error) {
	return s.switched(ctx, "activate", id, true)
}

func (s *standIn) StopJob(ctx context.Context, id string) (*microcks.ImportJob, error) {
	return s.switched(ctx, "stop", id, false)
}

func (s *standIn) switched(ctx context.Context, call, id string, active bool) (*microcks.ImportJob, error) {
	var job microcks.ImportJob
	err := s.call(ctx, call, func() error {
		job = s.jobs[id]
		job.Active = active
		s.jobs[id] = job
		return nil
	})
	return &job, err
}

func (s *standIn) DeleteJob(ctx context.Context, id string) error {
	return s.call(ctx, "delete job", func() error { delete(s.jobs, id); return nil })
}

// StartJob imports.
func (s *standIn) StartJob(ctx context.Context, id string) (*microcks.ImportJob, error) {
	var job microcks.ImportJob
	err := s.call(ctx, "start", func() error {
		job = s.jobs[id]
		if len(s.of("Pets")) > 1 {
			return &microcks.APIError{Doing: "importing", Status: http.StatusInternalServerError}
		}
		return nil
	})
	var api *microcks.APIError
	if errors.As(err, &api) {
		return nil, err
	}
	// It goes on whatever becomes of its answer.
	done := make(chan struct{})
	go func() {
		defer close(done)
		var known []string
		_ = s.locked(func() error { known = s.of("Pets"); return nil })
		time.Sleep(s.importing)
		_ = s.locked(func() error { s.end(id, &job, known); return nil })
	}()
	if err != nil {
		return nil, err
	}
	select {
	case <-done:
		return &job, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// end of an import that knew of these services when it began.
func (s *standIn) end(id string, job *microcks.ImportJob, known []string) {
	s.clock++
	at := s.clock
	job.Active, job.LastImportDate, job.LastImportError, job.ServiceRefs = true, &at, nil, nil
	if s.fails != "" {
		job.LastImportError = &s.fails
		s.jobs[id] = *job
		return
	}
	service := ""
	if len(known) > 0 {
		service = known[0]
	} else {
		service = fmt.Sprintf("s%d", len(s.services)+1)
		s.services[service] = microcks.Service{ID: service, Name: "Pets", Version: "1.0", SourceArtifact: uid}
	}
	s.examples[service] = slices.Clone(s.makes)
	job.ServiceRefs = []microcks.ServiceRef{{ServiceID: service, Name: "Pets", Version: s.services[service].Version}}
	s.jobs[id] = *job
}

// Upload imports a document, whose text is the names of the examples that it makes.
func (s *standIn) Upload(ctx context.Context, name string, document []byte, _ bool) (made string, err error) {
	made = "Pets:1.0"
	var known []string
	arrived := false
	err = s.call(ctx, "upload", func() error {
		arrived = true
		if known = s.of("Pets"); len(known) > 1 {
			return &microcks.APIError{Doing: "uploading", Status: http.StatusInternalServerError}
		}
		return nil
	})
	if _, refused := errors.AsType[*microcks.APIError](err); refused || !arrived {
		return "", err
	}
	done := make(chan struct{})
	go func() { // it goes on whatever becomes of its answer
		defer close(done)
		time.Sleep(s.importing)
		_ = s.locked(func() error {
			id := ""
			if len(known) > 0 {
				id = known[0]
			} else {
				id = fmt.Sprintf("s%d", len(s.services)+1)
			}
			s.uploaded(id, name, string(document))
			return nil
		})
	}()
	if err != nil {
		return "", err
	}
	select {
	case <-done:
		return made, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// uploaded makes a service what an upload makes it.
func (s *standIn) uploaded(id, artifact, document string) {
	s.services[id] = microcks.Service{ID: id, Name: "Pets", Version: "1.0", Metadata: s.services[id].Metadata, SourceArtifact: artifact}
	s.examples[id] = strings.Split(document, " ")
	if s.documents[id] == nil {
		s.documents[id] = map[string]string{}
	}
	s.documents[id][artifact] = document
}

func (s *standIn) Resources(ctx context.Context, id string) (all []microcks.Resource, err error) {
	err = s.call(ctx, "GET resources", func() error {
		for artifact, document := range s.documents[id] {
			all = append(all, microcks.Resource{SourceArtifact: artifact, Content: document})
		}
		return nil
	})
	return all, err
}

func (s *standIn) of(name string) []string {
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(s.services)) {
		if s.services[id].Name == name {
			ids = append(ids, id)
		}
	}
	return ids
}

func (s *standIn) ServicesNamed(ctx context.Context, name string) (found []microcks.Service, err error) {
	err = s.call(ctx, "GET services", func() error {
		for _, id := range s.of(name) {
			found = append(found, s.services[id])
		}
		return nil
	})
	return found, err
}

func (s *standIn) ServiceView(ctx context.Context, id string) (view *microcks.ServiceView, err error) {
	err = s.call(ctx, "GET service", func() error { view = s.view(id); return nil })
	return view, err
}

func (s *standIn) ServiceOf(ctx context.Context, name, version string) (view *microcks.ServiceView, err error) {
	err = s.call(ctx, "GET service", func() error {
		if strings.ContainsAny(name+version, ":+") {
			return nil // it is misread
		}
		switch ids := s.of(name); len(ids) {
		case 0:
			return nil
		case 1:
			view = s.view(ids[0])
			return nil
		}
		return &microcks.APIError{Doing: "reading", Status: http.StatusInternalServerError}
	})
	return view, err
}

func (s *standIn) view(id string) *microcks.ServiceView {
	service, there := s.services[id]
	if !there {
		return nil
	}
	service.Operations = []microcks.Operation{{Name: "GET /pets", Method: "GET"}}
	view := &microcks.ServiceView{Service: service, Messages: map[string][]microcks.Message{}}
	for _, name := range s.examples[id] {
		view.Messages["GET /pets"] = append(view.Messages["GET /pets"], microcks.Message{
			Request: microcks.MessageRequest{Name: name, SourceArtifact: cmp.Or(service.SourceArtifact, uid)},
		})
	}
	return view
}

func (s *standIn) SetServiceMetadata(ctx context.Context, id string, metadata *microcks.Metadata) error {
	return s.call(ctx, "label", func() error {
		service := s.services[id]
		service.Metadata = metadata
		s.services[id] = service
		return nil
	})
}

func (s *standIn) DeleteService(ctx context.Context, id string) error {
	return s.call(ctx, "delete service", func() error { delete(s.services, id); return nil })
}

func (s *standIn) SecretsNamed(ctx context.Context, name string) (found []microcks.Secret, err error) {
	err = s.call(ctx, "GET secrets", func() error {
		for _, id := range slices.Sorted(maps.Keys(s.secrets)) {
			if s.secrets[id].Name == name {
				found = append(found, s.secrets[id])
			}
		}
		return nil
	})
	return found, err
}

func (s *standIn) CreateSecret(ctx context.Context, secret *microcks.Secret) error {
	return s.call(ctx, "create secret", func() error { s.secrets[secret.ID] = *secret; return nil })
}

func (s *standIn) UpdateSecret(ctx context.Context, secret *microcks.Secret) error {
	return s.call(ctx, "update secret", func() error { s.secrets[secret.ID] = *secret; return nil })
}

// silent is a log that nobody reads.
type silent struct{}

func (silent) Step(string, string, time.Duration)     {}
func (silent) Did(string, result.Done, time.Duration) {}

var _ Server = (*standIn)(nil)

// digested is pets as a server's answer becomes.
func digested(examples ...string) *predict.Service {
	d, err := pets(examples...).Digest(nil)
	if err != nil {
		panic(err) // without a budget
	}
	return d
}

// jittered is how long a call takes on its way: up to 30 ms, in every round
// differently.
func jittered(int) time.Duration { return time.Duration(rand.Int64N(int64(30 * time.Millisecond))) }
