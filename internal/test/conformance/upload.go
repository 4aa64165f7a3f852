package main

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"strings"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/predict"
)

// givenVersion is what uploads give collections that have no version.
const givenVersion = "7.7"

// uploaded is an input as it would be sent; nil for what is not JSON, of which nothing is.
func uploaded(raw []byte) []byte {
	d, err := delivery.Uploaded(budget.New(context.Background()), raw, "")
	if err != nil {
		return nil
	}
	if !predict.Read(d.Raw, predict.Options{}).Versioned {
		if d, err = delivery.Uploaded(budget.New(context.Background()), raw, givenVersion); err != nil {
			return nil
		}
	}
	return d.Raw
}

// observeUpload uploads one input and reads back what came of it, in the form of an
// import: a refusal is its error, and what an upload made is what it refers to.
func (r *recorder) observeUpload(file, uid string) (observation, error) {
	o := observation{File: file, StartStatus: http.StatusOK, ServiceRefs: []serviceRef{}, Services: []observedServer{}}
	if err := r.free(uid); err != nil {
		return o, err
	}
	raw, _ := r.input("/collections/" + uid)
	status, answer, err := r.upload(uid, raw)
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

// upload sends a file as main artifact.
func (r *recorder) upload(name string, content []byte) (status int, answer string, err error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		return 0, "", err
	}
	_, _ = part.Write(content) // to memory
	_ = form.Close()
	resp, err := r.client.Post(r.api+"/artifact/upload?mainArtifact=true", form.FormDataContentType(), &body)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(raw), err
}
