package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"postman-microcks-importer/internal/predict"
)

// uidPrefix begins the uid under which the recorder serves every input, so that
// what it made can be told from everything else on a server.
const uidPrefix = "90210-c0f0c0de-"

// recorder imports inputs into a server that it may share with others.
type recorder struct {
	api    string
	source string // where the inputs are served
	client *http.Client

	lock   sync.Mutex
	inputs map[string][]byte // by path
}

func newRecorder(microcks string) *recorder {
	return &recorder{
		api: strings.TrimRight(microcks, "/") + "/api", client: &http.Client{Timeout: 2 * time.Minute}, inputs: map[string][]byte{},
	}
}

func (r *recorder) put(path string, raw []byte) {
	r.lock.Lock()
	defer r.lock.Unlock()
	r.inputs[path] = raw
}

func (r *recorder) input(path string) ([]byte, bool) {
	r.lock.Lock()
	defer r.lock.Unlock()
	raw, ok := r.inputs[path]
	return raw, ok
}

// recordAll observes every .json file of dir, in order of name, and writes one
// observation a line.
func recordAll(microcks, dir string, uploads bool, out, errs io.Writer) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return fmt.Errorf("listing inputs: %w", err)
	}
	slices.Sort(files)
	r := newRecorder(microcks)
	uids := make([]string, len(files))
	for i, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			return fmt.Errorf("reading input: %w", err)
		}
		if uploads {
			if raw = uploaded(raw); raw == nil {
				continue
			}
		}
		sum := fmt.Sprintf("%x", sha256.Sum256([]byte(f)))
		uids[i] = uidPrefix + sum[:4] + "-" + sum[4:8] + "-" + sum[8:20]
		r.put("/collections/"+uids[i], raw)
	}
	stop, err := r.serve()
	if err != nil {
		return err
	}
	defer stop()
	if err := r.clean(); err != nil {
		return err
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for i, f := range files {
		if uids[i] == "" { // nothing of it would be sent
			continue
		}
		observe := r.observe
		if uploads {
			observe = r.observeUpload
		}
		o, err := observe(filepath.Base(f), uids[i])
		if err := errors.Join(err, r.clean()); err != nil {
			fmt.Fprintf(errs, "error: %s: %v\n", filepath.Base(f), err)
			continue
		}
		if err := encoder.Encode(o); err != nil {
			return fmt.Errorf("writing observation: %w", err)
		}
	}
	return nil
}

// serve answers GET /collections/{uid} on loopback until stop is called.
func (r *recorder) serve() (stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("serving inputs: %w", err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		raw, ok := r.input(q.URL.Path)
		if !ok {
			http.NotFound(w, q)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write(raw)
	})}
	go func() { _ = server.Serve(listener) }()
	r.source = "http://" + listener.Addr().String()
	return func() { _ = server.Close() }, nil
}

// job and service as far as the recorder looks at them.
type job struct {
	ID              string  `json:"id"`
	RepositoryURL   string  `json:"repositoryUrl"`
	LastImportError *string `json:"lastImportError"`
	ServiceRefs     []struct {
		ServiceID *string `json:"serviceId"`
		Name      string  `json:"name"`
		Version   string  `json:"version"`
	} `json:"serviceRefs"`
}

type service struct {
	ID             string              `json:"id"`
	Name           string              `json:"name"`
	Version        string              `json:"version"`
	Type           string              `json:"type"`
	SourceArtifact string              `json:"sourceArtifact"`
	Operations     []observedOperation `json:"operations"`
}

type serviceView struct {
	Service     service `json:"service"`
	MessagesMap map[string][]struct {
		Request struct {
			Name           *string `json:"name"`
			Content        *string `json:"content"`
			SourceArtifact string  `json:"sourceArtifact"`
		} `json:"request"`
		Response struct {
			Status           *string `json:"status"`
			MediaType        *string `json:"mediaType"`
			Content          *string `json:"content"`
			DispatchCriteria *string `json:"dispatchCriteria"`
		} `json:"response"`
	} `json:"messagesMap"`
}

// observe imports one input and reads back what came of it.
func (r *recorder) observe(file, uid string) (observation, error) {
	o := observation{File: file, ServiceRefs: []serviceRef{}, Services: []observedServer{}}
	if err := r.free(uid); err != nil {
		return o, err
	}
	var created job
	_, _, err := r.call("POST", "/jobs", map[string]any{
		"name": "conformance " + file, "repositoryUrl": r.source + "/collections/" + uid,
		"mainArtifact": true, "active": false, "metadata": map[string]any{},
	}, &created)
	if err != nil {
		return o, err
	}
	var done job
	status, body, err := r.call("PUT", "/jobs/"+created.ID+"/start", nil, &done)
	if status == 0 {
		return o, err
	}
	o.StartStatus = status
	if status >= 400 {
		o.StartBody = string(body)
	} else if err != nil {
		return o, err
	}
	if done.LastImportError != nil {
		o.LastImportError = ptr(strings.ReplaceAll(*done.LastImportError, r.source+"/collections/"+uid, "…/collections/<uid>"))
	}
	for _, ref := range done.ServiceRefs {
		o.ServiceRefs = append(o.ServiceRefs, serviceRef{ref.Name, ref.Version, ref.ServiceID != nil})
	}
	return o, r.addServices(&o, uid)
}

// addServices adds what the server has of an artifact.
func (r *recorder) addServices(o *observation, uid string) error {
	made, err := r.made(uid)
	if err != nil {
		return err
	}
	for _, s := range made {
		var view serviceView
		if _, _, err := r.call("GET", "/services/"+s.ID+"?messages=true", nil, &view); err != nil {
			return err
		}
		o.Services = append(o.Services, view.observed(uid))
	}
	return nil
}

// free refuses an import that would change a service which is not the
// recorder's.
func (r *recorder) free(uid string) error {
	raw, _ := r.input("/collections/" + uid)
	p := predict.Read(raw, predict.Options{}).Import(predict.Target{Main: true, URL: r.source + "/collections/" + uid})
	if p.Service == nil {
		return nil
	}
	all, err := r.services()
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.Name == p.Name && s.Version == p.Version {
			return fmt.Errorf("the server has a service %q %q already, of %s", s.Name, s.Version, s.SourceArtifact)
		}
	}
	return nil
}

func (v serviceView) observed(uid string) observedServer {
	s := observedServer{Name: v.Service.Name, Version: v.Service.Version, Type: v.Service.Type, Operations: []observedOperation{}}
	for _, op := range v.Service.Operations {
		op.Examples = []observedExample{}
		if op.ResourcePaths == nil {
			op.ResourcePaths = []string{}
		}
		slices.Sort(op.ResourcePaths)
		for _, m := range v.MessagesMap[op.Name] {
			op.Examples = append(op.Examples, observedExample{
				Name: m.Request.Name, Status: m.Response.Status, MediaType: m.Response.MediaType,
				DispatchCriteria: m.Response.DispatchCriteria, RequestContent: m.Request.Content,
				ResponseContent: m.Response.Content, Source: m.Request.SourceArtifact == uid,
			})
		}
		s.Operations = append(s.Operations, op)
	}
	return s
}

func (r *recorder) services() ([]service, error) {
	var all []service
	_, _, err := r.call("GET", "/services?page=0&size=100000", nil, &all)
	return all, err
}

func (r *recorder) made(uid string) ([]service, error) {
	all, err := r.services()
	return slices.DeleteFunc(all, func(s service) bool { return s.SourceArtifact != uid }), err
}

// clean deletes every job and service that bears the recorder's prefix.
func (r *recorder) clean() error {
	var jobs []job
	if _, _, err := r.call("GET", "/jobs?page=0&size=100000", nil, &jobs); err != nil {
		return err
	}
	for _, j := range jobs {
		if strings.Contains(j.RepositoryURL, "/collections/"+uidPrefix) {
			if _, _, err := r.call("DELETE", "/jobs/"+j.ID, nil, nil); err != nil {
				return err
			}
		}
	}
	all, err := r.services()
	if err != nil {
		return err
	}
	for _, s := range all {
		if strings.HasPrefix(s.SourceArtifact, uidPrefix) {
			if _, _, err := r.call("DELETE", "/services/"+s.ID, nil, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// call sends one request. An answer from 400 up is an error with its status
// and body returned too; status 0 means that there was no answer.
func (r *recorder) call(method, path string, body, into any) (status int, answer []byte, err error) {
	var content []byte
	if body != nil {
		if content, err = json.Marshal(body); err != nil {
			return 0, nil, fmt.Errorf("%s %s: %w", method, path, err)
		}
	}
	target, err := url.Parse(r.api + path)
	if err != nil {
		return 0, nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	q, err := http.NewRequest(method, target.String(), bytes.NewReader(content))
	if err != nil {
		return 0, nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	q.Header.Set("Content-Type", "application/json")
	resp, err := r.client.Do(q)
	if err != nil {
		return 0, nil, fmt.Errorf("calling Microcks: %w", err)
	}
	defer resp.Body.Close()
	if answer, err = io.ReadAll(resp.Body); err != nil {
		return 0, nil, fmt.Errorf("%s %s: reading answer: %w", method, path, err)
	}
	if resp.StatusCode >= 400 {
		return resp.StatusCode, answer, fmt.Errorf("%s %s: status %d", method, path, resp.StatusCode)
	}
	if into != nil && len(answer) > 0 {
		if err := json.Unmarshal(answer, into); err != nil {
			return resp.StatusCode, answer, fmt.Errorf("%s %s: reading answer: %w", method, path, err)
		}
	}
	return resp.StatusCode, answer, nil
}
