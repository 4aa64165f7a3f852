package microcks

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"postman-microcks-importer/internal/mock"
	"postman-microcks-importer/internal/predict"
)

// DefaultUpload is how many bytes a file may have that is uploaded, unless
// [Options.MaxUpload] says otherwise.
const DefaultUpload = 2 << 20

// upload imports a file. Its name takes the place of the URL's last part.
func (s *Server) upload(w http.ResponseWriter, r *http.Request, _ caller, _ string) {
	name, raw, status := uploadedFile(r)
	most := DefaultUpload
	if s.options.MaxUpload > 0 {
		most = s.options.MaxUpload
	}
	switch {
	case status != 0:
		failed(w, r, status)
		return
	case len(raw) > most:
		empty(w, http.StatusRequestEntityTooLarge)
		return
	}
	if raw = s.stored(raw); raw == nil {
		failed(w, r, http.StatusInternalServerError)
		return
	}
	main := r.URL.Query().Get("mainArtifact") != "false"
	refs, refusal, crashed := s.importArtifact("", raw, name, main)
	switch {
	case crashed:
		failed(w, r, http.StatusInternalServerError)
	case refusal != "":
		text(w, http.StatusBadRequest, refusal)
	case len(refs) == 0:
		empty(w, http.StatusNoContent)
	default:
		text(w, http.StatusCreated, string(*refs[0].Name)+":"+string(*refs[0].Version))
	}
}

// stored writes an upload to a file and reads it again. Servers that name the file
// after the millisecond read what another upload of the same moment wrote, or, after
// that one has deleted it, nothing: nil.
func (s *Server) stored(raw []byte) []byte {
	if !s.version.mixesUploads() {
		return raw
	}
	file := strconv.FormatInt(time.Now().UnixMilli(), 10)
	s.mu.Lock()
	if s.files == nil {
		s.files = map[string][]byte{}
	}
	s.files[file] = raw
	s.mu.Unlock()
	runtime.Gosched()
	s.mu.Lock()
	defer s.mu.Unlock()
	read := s.files[file]
	delete(s.files, file)
	return read
}

// resource is the document of an artifact of which a service was made.
type resource struct {
	Name           string `json:"name"`
	Content        string `json:"content"`
	Type           string `json:"type"`
	ServiceID      string `json:"serviceId"`
	SourceArtifact string `json:"sourceArtifact"`
	Main           *bool  `json:"mainArtifact,omitempty"`
}

// keepResource keeps a document in place of the one before it, of the same artifact.
func (s *Server) keepResource(one *storedService, artifact string, raw []byte, main bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := normalID(*one.key())
	s.resources = slices.DeleteFunc(s.resources, func(r resource) bool { return r.ServiceID == id && r.SourceArtifact == artifact })
	told := &main
	if !s.version.tellsMainResources() {
		told = nil
	}
	s.resources = append(s.resources, resource{
		Main: told,
		Name: wordsOrEmpty(one.Name) + "-" + wordsOrEmpty(one.Version) + ".json", Content: string(raw),
		Type: "POSTMAN_COLLECTION", ServiceID: id, SourceArtifact: artifact,
	})
}

// resourcesOf lists the documents of a service, to anybody.
func (s *Server) resourcesOf(w http.ResponseWriter, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []resource{}
	for _, r := range s.resources {
		if r.ServiceID == normalID(id) {
			list = append(list, r)
		}
	}
	send(w, http.StatusOK, list)
}

// graphQL answers a query of a GraphQL service: an example whose query it is, whole.
func (s *Server) graphQL(w http.ResponseWriter, r *http.Request, name, version string) {
	one, err := s.named(strings.ReplaceAll(name, "+", " "), version)
	switch {
	case err != nil:
		failed(w, r, http.StatusInternalServerError)
		return
	case one == nil || one.Type != predict.TypeGraphQL:
		s.plain(w, http.StatusNotFound, fmt.Sprintf("The service %s with version %s does not exist!", name, version))
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		failed(w, r, http.StatusBadRequest)
		return
	}
	calls, _ := mock.Of(s.predicted(one), mock.Options{Version: s.version.String()}).Calls(nil)
	for _, call := range calls {
		if *call.Request.Body == string(body) {
			s.answer(w, r, call.Answer.Candidates[0], "http://"+r.Host+"/graphql/"+url.PathEscape(name)+"/"+version)
			return
		}
	}
	empty(w, http.StatusBadRequest)
}
