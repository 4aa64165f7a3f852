package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/predict"
)

// uploadKind is how inputs are uploaded; "" is not at all.
type uploadKind string

const (
	asMain    uploadKind = "main"      // with a version for one that has none
	versioned uploadKind = "versioned" // with a version whatever a description says
	beside    uploadKind = "secondary" // as main artifact, then under another name as secondary one
)

// valid reports whether the kind is one, and what it needs is known.
func (k uploadKind) valid(known string) bool {
	switch k {
	case versioned, beside:
		return known != ""
	case "", asMain:
		return known == ""
	}
	return false
}

// givenVersion is what uploads give collections that have no version.
const givenVersion = "7.7"

// uploaded is an input as it would be sent; nil for what is not JSON, of which nothing is.
func uploaded(raw []byte, kind uploadKind) []byte {
	d, err := delivery.Uploaded(budget.New(context.Background()), raw, "")
	if err == nil && (kind == versioned || !predict.Read(d.Raw, predict.Options{}).Versioned) {
		d, err = delivery.Uploaded(budget.New(context.Background()), raw, givenVersion)
	}
	if err != nil {
		return nil
	}
	return d.Raw
}

// besideName is added to the name of a main artifact's file for that of the secondary one.
const besideName = "-beside"

// predictUpload predicts what comes of an upload, of the last one where it takes two.
func predictUpload(version string, kind uploadKind, raw []byte) predict.Prediction {
	d := predict.Read(uploaded(raw, kind), predict.Options{Version: version})
	p := d.Import(predict.Target{Main: true, File: "a.json"}).Prediction
	if kind == beside {
		p = d.Import(predict.Target{File: "a.json" + besideName, Existing: p.Service}).Prediction
	}
	return p
}

// follows is what an upload of a kind comes to, going by that of the same input as main
// artifact; ok is false where it would tell nothing new.
func (k uploadKind) follows(o observation, raw []byte) (followed observation, ok bool) {
	if o.StartStatus != http.StatusOK || o.LastImportError != nil || len(o.Services) == 0 {
		return o, false
	}
	o.Services = slices.Clone(o.Services)
	switch k {
	case versioned:
		if bytes.Equal(uploaded(raw, k), uploaded(raw, asMain)) {
			return o, false
		}
		o.ServiceRefs = slices.Clone(o.ServiceRefs)
		o.ServiceRefs[0].Version, o.Services[0].Version = givenVersion, givenVersion
	case beside:
		s := &o.Services[0]
		s.Operations = slices.Clone(s.Operations)
		for i := range s.Operations {
			op := &s.Operations[i]
			all := slices.Clone(op.Examples)
			for _, e := range op.Examples {
				e.Source = false
				all = append(all, e)
			}
			op.Examples = all
		}
	}
	return o, true
}

// sameAs reports whether two observations are of the same.
func (o observation) sameAs(other observation) bool {
	var c comparison
	c.same("status", o.StartStatus/100, other.StartStatus/100)
	c.same("refusal", o.LastImportError, other.LastImportError)
	c.same("refs", o.ServiceRefs, other.ServiceRefs)
	c.services(o.Services, other.Services)
	return len(c.differences) == 0
}

// compareUploads predicts uploads, and compares them with what was seen: with what follows
// from the known ones where nothing else was.
func compareUploads(version string, kind uploadKind, known, observed, dir string, out io.Writer) (agree, disagree int, err error) {
	all, err := readObservations(observed)
	if err != nil {
		return 0, 0, err
	}
	if kind != asMain {
		if all, err = followAll(kind, known, dir, all); err != nil {
			return 0, 0, err
		}
	}
	return count(all, dir, out, func(raw []byte) predict.Prediction { return predictUpload(version, kind, raw) })
}

// followAll is what follows from the known observations, but for those that were seen.
func followAll(kind uploadKind, known, dir string, seen []observation) (all []observation, err error) {
	plain, err := readObservations(known)
	if err != nil {
		return nil, err
	}
	for _, o := range plain {
		raw, err := os.ReadFile(filepath.Join(dir, o.File))
		if err != nil {
			return nil, fmt.Errorf("reading input: %w", err)
		}
		next, ok := kind.follows(o, raw)
		if !ok {
			continue
		}
		if i := slices.IndexFunc(seen, func(s observation) bool { return s.File == o.File }); i >= 0 {
			next = seen[i]
		}
		all = append(all, next)
	}
	return all, nil
}

// recordUploads uploads every .json file of dir to a running server and writes what came
// of it, of kinds that follow from known observations only what does not.
func recordUploads(microcks string, kind uploadKind, known, dir string, out, errs io.Writer) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return fmt.Errorf("listing inputs: %w", err)
	}
	slices.Sort(files)
	expected := map[string]observation{}
	if kind != asMain {
		all, err := followAll(kind, known, dir, nil)
		if err != nil {
			return err
		}
		for _, o := range all {
			expected[o.File] = o
		}
		files = slices.DeleteFunc(files, func(f string) bool { _, is := expected[filepath.Base(f)]; return !is })
	}
	r := newRecorder(microcks)
	err = r.each(files, out, errs, func(file, uid string, raw []byte) (*observation, error) {
		document := uploaded(raw, kind)
		if document == nil { // nothing of it would be sent
			return nil, nil
		}
		r.put("/collections/"+uid, document)
		o, err := r.observeUpload(file, uid, kind)
		if expects, is := expected[file]; is && o.sameAs(expects) {
			return nil, err
		}
		return &o, err
	})
	fmt.Fprintf(errs, "%d inputs\n", len(files))
	return err
}

// observeUpload uploads one input and reads back what came of it, in the form of an
// import: a refusal is its error, and what an upload made is what it refers to.
func (r *recorder) observeUpload(file, uid string, kind uploadKind) (observation, error) {
	o := observation{File: file, StartStatus: http.StatusOK, ServiceRefs: []serviceRef{}, Services: []observedServer{}}
	if err := r.free(uid); err != nil {
		return o, err
	}
	raw, _ := r.input("/collections/" + uid)
	status, answer, err := r.upload(uid, raw, true)
	if err == nil && kind == beside {
		status, answer, err = r.upload(uid+besideName, raw, false)
	}
	switch {
	case err != nil:
		return o, err
	case status >= http.StatusInternalServerError:
		o.StartStatus, o.StartBody = status, answer
	case status >= http.StatusBadRequest:
		o.LastImportError = &answer
	}
	if err := r.addServices(&o, uid); err != nil {
		return o, err
	}
	if made := answer; status == http.StatusCreated {
		i := strings.LastIndex(made, ":")
		o.ServiceRefs = append(o.ServiceRefs, serviceRef{made[:i], made[i+1:], len(o.Services) > 0})
	}
	return o, nil
}

// upload sends a file.
func (r *recorder) upload(name string, content []byte, main bool) (status int, answer string, err error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		return 0, "", err
	}
	_, _ = part.Write(content) // to memory
	_ = form.Close()
	resp, err := r.client.Post(r.api+"/artifact/upload?mainArtifact="+strconv.FormatBool(main), form.FormDataContentType(), &body)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(raw), err
}
