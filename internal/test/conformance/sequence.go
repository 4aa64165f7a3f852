package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"postman-microcks-importer/internal/predict"
)

// sequence is several artifacts imported one after the other, with what a real
// server had after each step.
type sequence struct {
	Name  string `json:"name"`
	Steps []step `json:"steps"`
}

// step is one of: an import, a person's edit of an operation, an upload of an
// artifact that is no collection.
type step struct {
	Import string `json:"import,omitempty"` // file with the answer of Postman's API
	As     string `json:"as,omitempty"`     // one letter, the end of the uid
	Query  string `json:"query,omitempty"`  // of the importer's URL, with its question mark
	Main   bool   `json:"main,omitempty"`

	Edit  string  `json:"edit,omitempty"` // name of the operation
	With  string  `json:"with,omitempty"` // dispatcher
	Rules *string `json:"rules,omitempty"`

	Upload string `json:"upload,omitempty"` // file
}

// artifact is what the URL of an import ends in.
func (s step) artifact() string {
	return uidPrefix + "0000-0000-00000000000" + s.As + s.Query
}

// sequenceObservation is what a server had after one step.
type sequenceObservation struct {
	Sequence        string           `json:"sequence"`
	Step            int              `json:"step"`
	StartStatus     int              `json:"startStatus,omitempty"`
	LastImportError *string          `json:"lastImportError,omitempty"`
	Bound           bool             `json:"bound"`
	Service         *predict.Service `json:"service"`
}

// readSequences reads every .json file of a folder's subfolder "steps".
func readSequences(dir string) ([]sequence, error) {
	files, err := filepath.Glob(filepath.Join(dir, "steps", "*.json"))
	if err != nil {
		return nil, fmt.Errorf("listing sequences: %w", err)
	}
	slices.Sort(files)
	var all []sequence
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			return nil, fmt.Errorf("reading sequence: %w", err)
		}
		s := sequence{Name: strings.TrimSuffix(filepath.Base(f), ".json")}
		if err := json.Unmarshal(raw, &s.Steps); err != nil {
			return nil, fmt.Errorf("reading sequence %s: %w", f, err)
		}
		all = append(all, s)
	}
	return all, nil
}

// recordSequences goes through the sequences of dir on a running server and
// writes one observation a step.
func recordSequences(microcks, dir string, out io.Writer) error {
	all, err := readSequences(dir)
	if err != nil {
		return err
	}
	r := newRecorder(microcks)
	stop, err := r.serve()
	if err != nil {
		return err
	}
	defer stop()
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for _, s := range all {
		if err := r.clean(); err != nil {
			return err
		}
		err := r.sequence(s, dir, encoder)
		if err := errors.Join(err, r.clean()); err != nil {
			return fmt.Errorf("sequence %s: %w", s.Name, err)
		}
	}
	return nil
}

// name and version of the service that every sequence is about.
const sequenceService, sequenceVersion = "Conformance sequence", "1.0"

func (r *recorder) sequence(s sequence, dir string, out *json.Encoder) (err error) {
	defer func() { err = errors.Join(err, r.dropService()) }()
	if err := r.dropService(); err != nil {
		return err
	}
	for i, step := range s.Steps {
		o := sequenceObservation{Sequence: s.Name, Step: i}
		switch {
		case step.Import != "":
			err = r.importStep(step, dir, &o)
		case step.Edit != "":
			err = r.editStep(step)
		default:
			err = r.uploadStep(filepath.Join(dir, step.Upload))
		}
		if err != nil {
			return fmt.Errorf("step %d: %w", i, err)
		}
		if o.Service, err = r.sequenceView(); err != nil {
			return err
		}
		if err := out.Encode(o); err != nil {
			return fmt.Errorf("writing observation: %w", err)
		}
	}
	return nil
}

func (r *recorder) importStep(s step, dir string, o *sequenceObservation) error {
	raw, err := os.ReadFile(filepath.Join(dir, s.Import))
	if err != nil {
		return fmt.Errorf("reading input: %w", err)
	}
	path, _, _ := strings.Cut(s.artifact(), "?")
	r.put("/collections/"+path, raw)
	var created, done job
	if _, _, err := r.call("POST", "/jobs", map[string]any{
		"name": "conformance sequence", "repositoryUrl": r.source + "/collections/" + s.artifact(),
		"mainArtifact": s.Main, "active": false, "metadata": map[string]any{},
	}, &created); err != nil {
		return err
	}
	status, _, err := r.call("PUT", "/jobs/"+created.ID+"/start", nil, &done)
	if status == 0 {
		return err
	}
	o.StartStatus, o.LastImportError = status, done.LastImportError
	for _, ref := range done.ServiceRefs {
		o.Bound = o.Bound || ref.ServiceID != nil
	}
	return nil
}

func (r *recorder) editStep(s step) error {
	found, err := r.found()
	if err != nil || found == nil {
		return errors.Join(err, errors.New("there is no service to edit"))
	}
	_, _, err = r.call("PUT", "/services/"+found.ID+"/operation?operationName="+url.QueryEscape(s.Edit), map[string]any{
		"dispatcher": s.With, "dispatcherRules": s.Rules,
	}, nil)
	return err
}

func (r *recorder) uploadStep(file string) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("reading input: %w", err)
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", filepath.Base(file))
	if err == nil {
		_, err = part.Write(raw)
	}
	if err := errors.Join(err, form.Close()); err != nil {
		return fmt.Errorf("writing upload: %w", err)
	}
	resp, err := r.client.Post(r.api+"/artifact/upload?mainArtifact=true", form.FormDataContentType(), &body)
	if err != nil {
		return fmt.Errorf("calling Microcks: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		return fmt.Errorf("uploading %s: status %d", file, resp.StatusCode)
	}
	return nil
}

// found is the sequences' service, nil when there is none.
func (r *recorder) found() (*service, error) {
	all, err := r.services()
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		if s.Name == sequenceService && s.Version == sequenceVersion {
			return &s, nil
		}
	}
	return nil, nil
}

func (r *recorder) dropService() error {
	found, err := r.found()
	if err != nil || found == nil {
		return err
	}
	_, _, err = r.call("DELETE", "/services/"+found.ID, nil, nil)
	return err
}

// sequenceView reads the service with everything that a prediction holds.
func (r *recorder) sequenceView() (*predict.Service, error) {
	found, err := r.found()
	if err != nil || found == nil {
		return nil, err
	}
	var view serviceView
	if _, _, err := r.call("GET", "/services/"+found.ID+"?messages=true", nil, &view); err != nil {
		return nil, err
	}
	s := &predict.Service{Name: found.Name, Version: found.Version, Type: found.Type, SourceArtifact: found.SourceArtifact}
	for _, op := range view.Service.Operations {
		o := predict.Operation{Name: op.Name, DispatcherRules: op.DispatcherRules, ResourcePaths: op.ResourcePaths, Override: op.Override}
		o.Method, o.Dispatcher = deref(op.Method), deref(op.Dispatcher)
		slices.Sort(o.ResourcePaths)
		for _, m := range view.MessagesMap[op.Name] {
			o.Examples = append(o.Examples, predict.Example{
				Name: deref(m.Request.Name), SourceArtifact: m.Request.SourceArtifact, DispatchCriteria: m.Response.DispatchCriteria,
				Request:  predict.Request{Content: m.Request.Content},
				Response: predict.Response{Status: deref(m.Response.Status), MediaType: deref(m.Response.MediaType), Content: m.Response.Content},
			})
		}
		slices.SortFunc(o.Examples, func(a, b predict.Example) int { return strings.Compare(exampleKey(a), exampleKey(b)) })
		s.Operations = append(s.Operations, o)
	}
	slices.SortFunc(s.Operations, func(a, b predict.Operation) int { return strings.Compare(a.Name, b.Name) })
	return s, nil
}

func exampleKey(e predict.Example) string {
	return e.Name + "\x00" + e.SourceArtifact + "\x00" + deref(e.DispatchCriteria) + "\x00" + deref(e.Response.Content)
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
