package microcks

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
)

// Upload imports a document under a file's name, which the server keeps as the
// sourceArtifact of what it stores, and returns Name:Version of the service that it
// made. The error is an [*APIError], of status 400 where the server refuses the
// document, whose Message is its reason, and 413 where it is larger than the server
// takes (2 MiB, if MAX_UPLOAD_FILE_SIZE says nothing else).
func (c *Client) Upload(ctx context.Context, name string, document []byte, main bool) (service string, err error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="file"; filename="` + name + `"`}, "Content-Type": {"application/json"},
	})
	if err == nil {
		_, err = part.Write(document)
	}
	if err == nil {
		err = form.Close()
	}
	doing := fmt.Sprintf("uploading %s", name)
	if err != nil {
		return "", fmt.Errorf("%s: %w", doing, &neverSent{err})
	}
	_, err = c.call(ctx, request{
		doing: doing, method: http.MethodPost, path: "/artifact/upload?mainArtifact=" + strconv.FormatBool(main),
		content: body.Bytes(), contentType: form.FormDataContentType(), long: true, text: true, upload: true,
	}, &service)
	return service, err
}

// Resource is a document of which a service was made, byte for byte.
type Resource struct {
	SourceArtifact string `json:"sourceArtifact"`
	Content        string `json:"content"`
	// Main artifact; servers before 1.10 do not tell.
	Main bool `json:"mainArtifact"`
}

// Resources lists the documents of which a service was made: of each artifact the one
// that was imported last.
func (c *Client) Resources(ctx context.Context, serviceID string) ([]Resource, error) {
	var all []Resource
	_, err := c.call(ctx, request{
		doing: "reading what service " + serviceID + " was made of", method: http.MethodGet,
		path: "/resources/service/" + url.PathEscape(serviceID), large: true,
	}, &all)
	return all, err
}
