package microcks

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"runtime"
	"slices"
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
	name, raw, status := uploadedFile(r, cmp.Or(s.options.MaxUpload, DefaultUpload))
	main, sensible := isMain(r)
	switch {
	case status == http.StatusRequestEntityTooLarge:
		empty(w, status)
	case status != 0:
		failed(w, r, status)
	case !sensible:
		failed(w, r, http.StatusBadRequest)
	case len(raw) == 0:
		empty(w, http.StatusNoContent)
	default:
		s.importUpload(w, r, name, raw, main)
	}
}

// importUpload stores a file, reads it, imports what was read and deletes it.
func (s *Server) importUpload(w http.ResponseWriter, r *http.Request, name string, raw []byte, main bool) {
	file := s.store(raw)
	defer s.forget(file)
	s.pause(func(h Hooks) func(string) { return h.BeforeReading }, name)
	runtime.Gosched()
	raw, there := s.stored(file)
	if !there {
		text(w, http.StatusBadRequest, fmt.Sprintf("/tmp/microcks-%d.artifact", file.moment))
		return
	}
	refs, refusal, crashed := s.importArtifact(name, raw, predict.Target{Main: main, File: name})
	lost := false
	if s.version.deletesUploads() && (!s.version.needsUploads() || refusal == "" && !crashed) {
		lost = !s.unlink(file) && s.version.needsUploads()
	}
	switch {
	case crashed:
		failed(w, r, http.StatusInternalServerError)
	case refusal != "":
		text(w, http.StatusBadRequest, refusal)
	case lost:
		text(w, http.StatusInternalServerError, "Exception while writing uploaded item")
	case len(refs) == 0:
		empty(w, http.StatusNoContent)
	default:
		text(w, http.StatusCreated, string(*refs[0].Name)+":"+string(*refs[0].Version))
	}
}

// uploadedFile reads the field "file" of a form, in which no file has more bytes than
// most; status is that of the refusal. All of the request is read, so that who sends it
// sees the refusal whatever its size. A gateway that breaks the connection is a [Fault].
func uploadedFile(r *http.Request, most int) (name string, raw []byte, status int) {
	form, err := r.MultipartReader()
	if err != nil {
		return "", nil, http.StatusInternalServerError
	}
	status = http.StatusBadRequest // no such field
	for {
		part, err := form.NextRawPart()
		switch {
		case errors.Is(err, io.EOF):
			return name, raw, status
		case err != nil:
			return "", nil, http.StatusBadRequest
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return "", nil, http.StatusBadRequest
		}
		_, disposition, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
		file, isFile := disposition["filename"]
		switch {
		case err != nil || !isFile:
		case len(content) > most:
			status = http.StatusRequestEntityTooLarge
		case disposition["name"] == "file" && status == http.StatusBadRequest:
			name, raw, status = file, content, 0
		}
	}
}

// isMain reads ?mainArtifact; sensible is whether it is a boolean to the server.
func isMain(r *http.Request) (main, sensible bool) {
	switch strings.ToLower(strings.TrimSpace(r.URL.Query().Get("mainArtifact"))) {
	case "", "true", "on", "yes", "1":
		return true, true
	case "false", "off", "no", "0":
		return false, true
	}
	return false, false
}

// temporaryFile is where uploads are between their request and their import. Servers
// that name it after the millisecond have one for all uploads of that moment: one reads
// what another wrote, or, after that one has deleted it, nothing.
type temporaryFile struct {
	moment  int64
	content []byte
	there   bool
	users   int
}

func (s *Server) store(raw []byte) *temporaryFile {
	s.mu.Lock()
	defer s.mu.Unlock()
	file := &temporaryFile{moment: time.Now().UnixMilli()}
	if s.version.mixesUploads() {
		if same := s.files[file.moment]; same != nil {
			file = same
		}
		s.files[file.moment] = file
	}
	file.content, file.there = raw, true
	file.users++
	return file
}

func (s *Server) stored(file *temporaryFile) (raw []byte, there bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return file.content, file.there
}

// unlink reports whether there was a file to delete.
func (s *Server) unlink(file *temporaryFile) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := file.there
	file.there = false
	return was
}

func (s *Server) forget(file *temporaryFile) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if file.users--; file.users == 0 {
		delete(s.files, file.moment)
	}
}

// resource is the document of an artifact of which a service was made.
type resource struct {
	ID             string `json:"id"`
	Name           string `json:"name"`
	Content        string `json:"content"`
	Type           string `json:"type"`
	ServiceID      string `json:"serviceId"`
	SourceArtifact string `json:"sourceArtifact"`
	Main           *bool  `json:"mainArtifact,omitempty"`
}

// keepResource keeps a document in place of the one before it, of the same artifact.
func (s *Server) keepResource(one *storedService, artifact string, raw []byte, format predict.Format, main bool) {
	s.dropResources(string(*one.ID), &artifact)
	kept := resource{
		Name: wordsOrEmpty(one.Name) + "-" + wordsOrEmpty(one.Version) + ".json", Type: "POSTMAN_COLLECTION",
		Content: strings.ToValidUTF8(string(raw), "\uFFFD"), ServiceID: normalID(string(*one.ID)), SourceArtifact: artifact,
	}
	if format == predict.GraphQL {
		kept.Name, kept.Type = strings.TrimSuffix(kept.Name, ".json")+".graphql", "GRAPHQL_SCHEMA"
	}
	if s.version.tellsMainResources() {
		kept.Main = &main
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastDoc++ // a count of its own, so that ids of services do not depend on it
	kept.ID = fmt.Sprintf("66c0d0c5%016x", s.lastDoc)
	s.resources = append(s.resources, kept)
}

// dropResources deletes the documents of a service, only of one artifact when given.
func (s *Server) dropResources(id string, artifact *string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.resources = slices.DeleteFunc(s.resources, func(r resource) bool {
		return r.ServiceID == normalID(id) && (artifact == nil || r.SourceArtifact == *artifact)
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
