package microcks

import (
	"encoding/json"
	"fmt"
	"slices"

	"postman-microcks-importer/internal/predict"
)

// Job is an importer as a test sees it. Dates are milliseconds since 1970, 0
// when there are none.
type Job struct {
	ID              string       `json:"id,omitempty"`
	Name            string       `json:"name,omitempty"`
	RepositoryURL   string       `json:"repositoryUrl,omitempty"`
	MainArtifact    bool         `json:"mainArtifact"`
	DisableSSL      bool         `json:"repositoryDisableSSLValidation,omitempty"`
	Frequency       string       `json:"frequency,omitempty"`
	CreatedDate     int64        `json:"createdDate,omitempty"`
	LastImportDate  int64        `json:"lastImportDate,omitempty"`
	LastImportError string       `json:"lastImportError,omitempty"`
	Active          bool         `json:"active"`
	ETag            string       `json:"etag,omitempty"`
	Metadata        Metadata     `json:"metadata,omitzero"`
	SecretRef       SecretRef    `json:"secretRef,omitzero"`
	ServiceRefs     []ServiceRef `json:"serviceRefs,omitempty"`
}

// Metadata of a job or a service.
type Metadata struct {
	CreatedOn   int64             `json:"createdOn,omitempty"`
	LastUpdate  int64             `json:"lastUpdate,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
}

// SecretRef of a job.
type SecretRef struct {
	SecretID string `json:"secretId,omitempty"`
	Name     string `json:"name,omitempty"`
}

// ServiceRef of a job; no ServiceID means that a secondary artifact found no
// service.
type ServiceRef struct {
	ServiceID string `json:"serviceId,omitempty"`
	Name      string `json:"name,omitempty"`
	Version   string `json:"version,omitempty"`
}

// Secret as a test sees it.
type Secret struct {
	ID          string `json:"id,omitempty"`
	Name        string `json:"name,omitempty"`
	Description string `json:"description,omitempty"`
	Username    string `json:"username,omitempty"`
	Password    string `json:"password,omitempty"`
	Token       string `json:"token,omitempty"`
	TokenHeader string `json:"tokenHeader,omitempty"`
	CACertPem   string `json:"caCertPem,omitempty"`
}

// Service as a test sees it, with its examples.
type Service struct {
	ID       string
	Metadata Metadata
	predict.Service
}

// Jobs lists the importers in the order of their first saving.
func (s *Server) Jobs() []Job { return view[Job](all[storedJob](s, &s.jobs)) }

// Secrets lists the secrets in the order of their first saving.
func (s *Server) Secrets() []Secret { return view[Secret](all[storedSecret](s, &s.secrets)) }

// Services lists the services in the order of their first saving.
func (s *Server) Services() []Service {
	var services []Service
	for _, one := range all[storedService](s, &s.services) {
		meta := view[Metadata]([]*storedMetadata{one.Metadata})[0]
		services = append(services, Service{string(*one.ID), meta, *s.predicted(one)})
	}
	return services
}

// AddJob stores an importer as it is and returns its id, a new one when it has
// none. Metadata is added when there is none.
func (s *Server) AddJob(j Job) string {
	raw, err := json.Marshal(j)
	if err != nil {
		panic(err) // cannot happen: a Job has only plain fields
	}
	doc, err := s.decodeJob(raw)
	if err != nil {
		panic(fmt.Sprintf("add job %s: %v", raw, err))
	}
	if doc.Metadata == nil {
		doc.Metadata = newMetadata()
	}
	return *put(s, &s.jobs, doc).key()
}

// AddSecret stores a secret as it is and returns its id.
func (s *Server) AddSecret(one Secret) string {
	return *put(s, &s.secrets, view[storedSecret]([]Secret{one})[0].fresh()).key()
}

func (s storedSecret) fresh() *storedSecret { return &s }

// AddService stores a service with its examples, as another import or a person
// would have left it, and returns its id. Adding a second one of the same name
// and version makes the state that breaks every look-up.
func (s *Server) AddService(one Service) string {
	doc := &storedService{Name: ptr(words(one.Name)), Version: ptr(words(one.Version)), Type: one.Type, Metadata: newMetadata()}
	if one.ID != "" {
		doc.setKey(one.ID)
	}
	if doc.Type == "" {
		doc.Type = "REST"
	}
	if one.SourceArtifact != "" {
		doc.SourceArtifact = ptr(words(one.SourceArtifact))
	}
	doc.Metadata.Labels, doc.Metadata.Annotations = one.Metadata.Labels, one.Metadata.Annotations
	for _, op := range one.Operations {
		doc.Operations = append(doc.Operations, operationOf(op))
	}
	doc = put(s, &s.services, doc)
	for i, op := range one.Operations {
		for _, ex := range op.Examples {
			source := ex.SourceArtifact
			if source == "" {
				source = one.SourceArtifact
			}
			s.addMessage(doc.operationID(doc.Operations[i]), source, ex)
		}
	}
	return string(*doc.ID)
}

// RemoveJob deletes an importer, as another user would.
func (s *Server) RemoveJob(id string) { remove(s, &s.jobs, id) }

// RemoveSecret deletes a secret, as another user would.
func (s *Server) RemoveSecret(id string) { remove(s, &s.secrets, id) }

// RemoveService deletes a service and all its messages.
func (s *Server) RemoveService(id string) {
	remove(s, &s.services, id)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.resources = slices.DeleteFunc(s.resources, func(r resource) bool { return r.ServiceID == normalID(id) })
	s.messages = slices.DeleteFunc(s.messages, func(m message) bool {
		return len(m.operationID) > len(id) && m.operationID[:len(id)+1] == normalID(id)+"-"
	})
}

// view reads documents into another type by way of JSON.
func view[To, From any](docs []From) []To {
	raw, err := json.Marshal(docs)
	if err != nil {
		panic(err) // documents are JSON
	}
	views := []To{}
	if err := json.Unmarshal(raw, &views); err != nil {
		panic(err)
	}
	return views
}

// SetHooks replaces the hooks, for imports that start from now on.
func (s *Server) SetHooks(h Hooks) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks = h
}
