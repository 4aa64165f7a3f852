package microcks

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"

	"postman-microcks-importer/internal/text"
)

// Service without its messages.
type Service struct {
	ID             string      `json:"id"`
	Name           string      `json:"name"`
	Version        string      `json:"version"`
	Type           string      `json:"type"`
	SourceArtifact string      `json:"sourceArtifact"`
	Metadata       *Metadata   `json:"metadata"`
	Operations     []Operation `json:"operations"`
}

// Operation of a service. Servers do not say whether a person edited it.
type Operation struct {
	Name            string   `json:"name"`
	Method          string   `json:"method"`
	Dispatcher      string   `json:"dispatcher"`
	DispatcherRules *string  `json:"dispatcherRules"`
	ResourcePaths   []string `json:"resourcePaths"`
}

// ServiceView is a service with its messages by operation name.
type ServiceView struct {
	Service  Service              `json:"service"`
	Messages map[string][]Message `json:"messagesMap"`
}

// Message is one saved example: a request and its response, or an event.
type Message struct {
	Type     string          `json:"type"` // "reqRespPair", "unidirEvent"
	Name     string          `json:"name"`
	Request  MessageRequest  `json:"request"`
	Response MessageResponse `json:"response"`
}

// MessageRequest of an example.
type MessageRequest struct {
	Name           string      `json:"name"`
	Content        *string     `json:"content"`
	Headers        []Header    `json:"headers"`
	Parameters     []Parameter `json:"queryParameters"`
	SourceArtifact string      `json:"sourceArtifact"`
	OperationID    string      `json:"operationId"`
}

// MessageResponse of an example.
type MessageResponse struct {
	Name             string   `json:"name"`
	Status           string   `json:"status"`
	MediaType        string   `json:"mediaType"`
	Content          *string  `json:"content"`
	Headers          []Header `json:"headers"`
	DispatchCriteria *string  `json:"dispatchCriteria"`
	SourceArtifact   string   `json:"sourceArtifact"`
}

// Header with its values.
type Header struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

// Parameter of a request.
type Parameter struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// ServicesNamed finds the services of exactly this name, all versions, the
// same version more than once when the server holds it twice.
func (c *Client) ServicesNamed(ctx context.Context, name string) ([]Service, error) {
	var found []Service
	search := request{
		doing:  fmt.Sprintf("searching the service %q", text.Excerpt(name, 80)),
		method: http.MethodGet, path: "/services/search?name=" + url.QueryEscape(regexFor(name)), large: true,
	}
	if _, err := c.call(ctx, search, &found); err != nil {
		return nil, err
	}
	exact := found[:0]
	for _, service := range found {
		if service.Name == name {
			exact = append(exact, service)
		}
	}
	return exact, nil
}

// ServiceView reads a service with its examples; nil when there is none.
func (c *Client) ServiceView(ctx context.Context, id string) (*ServiceView, error) {
	var view ServiceView
	found, err := c.call(ctx, request{
		doing: "reading service " + id, method: http.MethodGet, path: servicePath(id) + "?messages=true", large: true,
	}, &view)
	if err != nil || !found || view.Service.ID == "" {
		return nil, notFoundIsNil(err)
	}
	return &view, nil
}

// ServiceOf reads the service of a name and version with its examples, by one
// indexed look-up; nil when there is none. The server splits the two at the
// first colon and reads a plus as a space, so neither may be in them. It answers
// 500 when it holds the service twice, and before 1.13.0 also when it holds none.
func (c *Client) ServiceOf(ctx context.Context, name, version string) (*ServiceView, error) {
	var view ServiceView
	found, err := c.call(ctx, request{
		doing:  fmt.Sprintf("reading service %s %s", text.Excerpt(name, 80), text.Excerpt(version, 40)),
		method: http.MethodGet, path: servicePath(name+":"+version) + "?messages=true", large: true,
	}, &view)
	if err != nil || !found || view.Service.ID == "" {
		return nil, notFoundIsNil(err)
	}
	return &view, nil
}

// IsMissed reports whether a response is the 500 to a look-up by [Client.ServiceOf], which
// says that the server does not hold the one service: a search tells why sooner than to
// ask again.
func IsMissed(resp *http.Response) bool {
	list, service := path.Split(resp.Request.URL.EscapedPath())
	return resp.StatusCode == http.StatusInternalServerError && strings.HasSuffix(list, servicePath("")) && strings.Contains(service, ":")
}

// Services lists the services of the server without their examples, unless they
// are more than most: complete is false then, and the list of no use.
func (c *Client) Services(ctx context.Context, most int) (list []Service, complete bool, err error) {
	list, err = pages(ctx, c, "listing the services", "/services", most, func(s Service) string { return s.ID })
	return list, len(list) <= most, err
}

// SetServiceMetadata replaces a service's metadata as a whole: read, merge,
// then write.
func (c *Client) SetServiceMetadata(ctx context.Context, id string, metadata *Metadata) error {
	_, err := c.call(ctx, request{
		doing: "writing the labels of service " + id, method: http.MethodPut, path: servicePath(id) + "/metadata", body: metadata,
	}, nil)
	return err
}

// DeleteService deletes a service with its examples. One that is already gone
// is no error.
func (c *Client) DeleteService(ctx context.Context, id string) error {
	_, err := c.call(ctx, request{doing: "deleting service " + id, method: http.MethodDelete, path: servicePath(id)}, nil)
	return notFoundIsNil(err)
}

func servicePath(id string) string { return "/services/" + url.PathEscape(id) }

// notFoundIsNil turns "no such object", however a version says it, into no
// error.
func notFoundIsNil(err error) error {
	if api, ok := errors.AsType[*APIError](err); ok && api.Status == http.StatusNotFound && !api.Answerer.Page {
		return nil
	}
	return err
}
