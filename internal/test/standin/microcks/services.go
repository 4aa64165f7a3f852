package microcks

import (
	"io"
	"net/http"
	"strings"

	"postman-microcks-importer/internal/predict"
)

// storedService is a service's document.
type storedService struct {
	ID             *words          `json:"id,omitempty"`
	Name           *words          `json:"name,omitempty"`
	Version        *words          `json:"version,omitempty"`
	Type           string          `json:"type,omitempty"`
	Metadata       *storedMetadata `json:"metadata,omitempty"`
	SourceArtifact *words          `json:"sourceArtifact,omitempty"`
	Operations     []*operation    `json:"operations"`
}

// operation of a service. Override is stored and never shown.
type operation struct {
	Name            string   `json:"name"`
	Method          string   `json:"method"`
	Dispatcher      *words   `json:"dispatcher,omitempty"`
	DispatcherRules *words   `json:"dispatcherRules,omitempty"`
	DefaultDelay    *millis  `json:"defaultDelay,omitempty"`
	DelayStrategy   *words   `json:"defaultDelayStrategy,omitempty"`
	ResourcePaths   []string `json:"resourcePaths,omitempty"`
	Override        bool     `json:"stored:override,omitempty"`
}

func (s *storedService) key() *string     { return (*string)(s.ID) }
func (s *storedService) setKey(id string) { s.ID = ptr(words(id)) }
func (s *storedService) name() *words     { return s.Name }
func (s *storedService) labels() textMap  { return s.Metadata.Labels }
func (s *storedService) sortName() string {
	return wordsOrEmpty(s.Name) + "\x00" + wordsOrEmpty(s.Version)
}

// operationID binds messages to an operation of a service.
func (s *storedService) operationID(op *operation) string { return string(*s.ID) + "-" + op.Name }

// shownService is a service in an answer.
type shownService struct {
	storedService
	Metadata   *shownMetadata `json:"metadata,omitempty"`
	Operations []operation    `json:"operations"`
}

func (s *Server) showService(one *storedService) shownService {
	shown := shownService{*one, s.version.show(one.Metadata), []operation{}}
	for _, op := range one.Operations {
		visible := *op
		visible.Override = false
		shown.Operations = append(shown.Operations, visible)
	}
	return shown
}

func (s *Server) showServices(services []*storedService) []shownService {
	shown := []shownService{}
	for _, one := range services {
		shown = append(shown, s.showService(one))
	}
	return shown
}

// serviceEndpoint is the handlers under /api/services.
func (s *Server) serviceEndpoint(n int, second, third string) map[string]handler {
	switch {
	case n == 1:
		return map[string]handler{"GET": s.listServices}
	case n == 2 && second == "search":
		return map[string]handler{"GET": s.searchServices, "DELETE": s.deleteService}
	case n == 2 && second == "count":
		return map[string]handler{"GET": s.countServices, "DELETE": s.deleteService}
	case n == 2:
		return map[string]handler{"GET": s.getService, "DELETE": s.deleteService}
	case third == "metadata":
		return map[string]handler{"PUT": s.saveServiceMetadata}
	case third == "operation":
		return map[string]handler{"PUT": s.overrideOperation}
	}
	return nil
}

func (s *Server) listServices(w http.ResponseWriter, r *http.Request, _ caller, _ string) {
	from, size, bad := page(r)
	if bad != 0 {
		failed(w, r, bad)
		return
	}
	send(w, http.StatusOK, s.showServices(paged(all[storedService](s, &s.services), from, size, (*storedService).sortName)))
}

func (s *Server) searchServices(w http.ResponseWriter, r *http.Request, _ caller, _ string) {
	services, ok := search(r, all[storedService](s, &s.services), (*storedService).name, (*storedService).labels)
	if !ok {
		failed(w, r, http.StatusInternalServerError)
		return
	}
	send(w, http.StatusOK, s.showServices(services))
}

func (s *Server) countServices(w http.ResponseWriter, _ *http.Request, _ caller, _ string) {
	send(w, http.StatusOK, map[string]int{"counter": len(all[storedService](s, &s.services))})
}

// named is the service of a name and version, nil when there is none. A
// service that exists twice cannot be looked up.
func (s *Server) named(name, version string) (*storedService, error) {
	var match *storedService
	for _, one := range allWith[storedService](s, &s.services, name) {
		if one.Name == nil || string(*one.Name) != name || one.Version == nil || string(*one.Version) != version {
			continue
		}
		if match != nil {
			return nil, errTwice
		}
		match = one
	}
	return match, nil
}

// lookUp finds a service by its id or by NAME:VERSION. The first colon ends
// the name, and a + in the name is a space.
func (s *Server) lookUp(id string) (*storedService, error) {
	if name, version, isNamed := strings.Cut(id, ":"); isNamed {
		return s.named(strings.ReplaceAll(name, "+", " "), version)
	}
	one, _ := get[storedService](s, &s.services, id)
	return one, nil
}

func (s *Server) getService(w http.ResponseWriter, r *http.Request, _ caller, id string) {
	withMessages := r.URL.Query().Get("messages") != "false"
	one, err := s.lookUp(id)
	switch {
	case err != nil, one == nil && withMessages && !s.version.missingServiceIs404():
		failed(w, r, http.StatusInternalServerError)
	case one == nil && s.version.missingServiceIs404():
		empty(w, http.StatusNotFound)
	case one == nil:
		empty(w, http.StatusOK)
	case withMessages:
		send(w, http.StatusOK, struct {
			Service  shownService      `json:"service"`
			Messages map[string][]pair `json:"messagesMap"`
		}{s.showService(one), s.pairs(one)})
	default:
		send(w, http.StatusOK, s.showService(one))
	}
}

// changeable finds a service for a change; before 1.11.0 only by its id.
func (s *Server) changeable(id string) (*storedService, error) {
	if !s.version.namesServices() && strings.Contains(id, ":") {
		return nil, nil
	}
	return s.lookUp(id)
}

// deleteService deletes a service and the messages of the operations that it
// has now. One that does not exist counts as deleted.
func (s *Server) deleteService(w http.ResponseWriter, r *http.Request, who caller, id string) {
	one, err := s.changeable(id)
	switch {
	case err != nil:
		failed(w, r, http.StatusInternalServerError)
	case !who.manages() && (one != nil || !s.version.namesServices()):
		empty(w, http.StatusForbidden)
	case one == nil:
		empty(w, http.StatusOK)
	default:
		for _, op := range one.Operations {
			s.deleteMessages(one.operationID(op), nil)
		}
		remove(s, &s.services, string(*one.ID))
		s.dropResources(string(*one.ID), nil)
		empty(w, http.StatusOK)
	}
}

// saveServiceMetadata replaces labels and annotations, both of them.
func (s *Server) saveServiceMetadata(w http.ResponseWriter, r *http.Request, who caller, id string) {
	body, err := io.ReadAll(r.Body)
	m := &storedMetadata{}
	if err != nil || decodeObject(body, m) != nil {
		failed(w, r, http.StatusBadRequest)
		return
	}
	one, err := s.changeable(id)
	switch {
	case err != nil:
		failed(w, r, http.StatusInternalServerError)
	case one == nil || !who.has("manager"):
		empty(w, http.StatusForbidden)
	case !m.storable():
		failed(w, r, http.StatusInternalServerError)
	default:
		one.Metadata.Labels, one.Metadata.Annotations, one.Metadata.LastUpdate = m.Labels, m.Annotations, now()
		put(s, &s.services, one)
		empty(w, http.StatusOK)
	}
}

// overrideOperation is what a person's edit of an operation does: from then on
// imports keep its dispatcher, rules and delay.
func (s *Server) overrideOperation(w http.ResponseWriter, r *http.Request, who caller, id string) {
	body, err := io.ReadAll(r.Body)
	edit := &operation{}
	if err != nil || decodeObject(body, edit) != nil {
		failed(w, r, http.StatusBadRequest)
		return
	}
	one, err := s.changeable(id)
	if err != nil {
		failed(w, r, http.StatusInternalServerError)
		return
	}
	if one != nil && who.has("manager") {
		for _, op := range one.Operations {
			if op.Name == r.URL.Query().Get("operationName") {
				op.Dispatcher, op.DispatcherRules = edit.Dispatcher, edit.DispatcherRules
				op.DefaultDelay, op.DelayStrategy, op.Override = edit.DefaultDelay, edit.DelayStrategy, true
				put(s, &s.services, one)
				empty(w, http.StatusOK)
				return
			}
		}
	}
	empty(w, http.StatusForbidden)
}

// predicted turns a stored service into the prediction's own type.
func (s *Server) predicted(one *storedService) *predict.Service {
	p := &predict.Service{
		Name: wordsOrEmpty(one.Name), Version: wordsOrEmpty(one.Version), Type: one.Type, SourceArtifact: wordsOrEmpty(one.SourceArtifact),
	}
	for _, op := range one.Operations {
		p.Operations = append(p.Operations, predict.Operation{
			Name: op.Name, Method: op.Method, Dispatcher: wordsOrEmpty(op.Dispatcher), DispatcherRules: (*string)(op.DispatcherRules),
			ResourcePaths: op.ResourcePaths, Override: op.Override, Examples: s.examples(one.operationID(op)),
		})
	}
	return p
}
