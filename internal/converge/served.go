package converge

import (
	"context"
	"fmt"
	"slices"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/predict"
)

// Digest is [Served] with digests for contents, nil for no view. What is kept, which is
// that and the services that a search found, has its memory from keep: that of a
// [budget.Pot] or [budget.Share], nil for nobody. The error is [budget.ErrSpent] or
// [budget.ErrPot] about the services, or the cause of the context's end.
func Digest(
	ctx context.Context, found []microcks.Service, view *microcks.ServiceView, keep func(*budget.Meter) error,
) (*predict.Service, error) {
	meter := budget.New(ctx)
	digest, err := Served(view).Digest(meter)
	if err == nil {
		err = meter.Within(func() {
			for i := range found {
				meter.Memory(memoryOf(&found[i]))
			}
		})
	}
	if err == nil && keep != nil {
		err = keep(meter)
	}
	if err != nil {
		return nil, fmt.Errorf("reading service %s %s: %w", found[0].Name, found[0].Version, err)
	}
	return digest, nil
}

// memoryOf a service without its operations, in bytes.
func memoryOf(s *microcks.Service) int {
	const ofService, ofMember = 200, 100
	n := ofService + len(s.ID) + len(s.Name) + len(s.Version) + len(s.Type) + len(s.SourceArtifact)
	if s.Metadata == nil {
		return n
	}
	for _, members := range []map[string]string{s.Metadata.Labels, s.Metadata.Annotations} {
		for key, value := range members {
			n += ofMember + len(key) + len(value)
		}
	}
	for key, value := range s.Metadata.Unknown {
		n += ofMember + len(key) + len(value)
	}
	return n
}

// Served is a service as Microcks lists it, in the terms of a prediction.
func Served(view *microcks.ServiceView) *predict.Service {
	if view == nil {
		return nil
	}
	s := &predict.Service{
		Name:           view.Service.Name,
		Version:        view.Service.Version,
		Type:           view.Service.Type,
		SourceArtifact: view.Service.SourceArtifact,
	}
	for _, op := range view.Service.Operations {
		operation := predict.Operation{
			Name:            op.Name,
			Method:          op.Method,
			Dispatcher:      op.Dispatcher,
			DispatcherRules: op.DispatcherRules,
			ResourcePaths:   slices.Sorted(slices.Values(op.ResourcePaths)),
		}
		for _, message := range view.Messages[op.Name] {
			if message.Type == "reqRespPair" || message.Type == "" {
				operation.Examples = append(operation.Examples, servedExample(message))
			}
		}
		s.Operations = append(s.Operations, operation)
	}
	return s
}

func servedExample(m microcks.Message) predict.Example {
	example := predict.Example{
		Name:             m.Request.Name,
		SourceArtifact:   m.Request.SourceArtifact,
		DispatchCriteria: m.Response.DispatchCriteria,
		Request:          predict.Request{Content: m.Request.Content, Headers: headers(m.Request.Headers)},
		Response: predict.Response{
			Status:    m.Response.Status,
			MediaType: m.Response.MediaType,
			Content:   m.Response.Content,
			Headers:   headers(m.Response.Headers),
		},
	}
	for _, p := range m.Request.Parameters {
		example.Request.Parameters = append(example.Request.Parameters, predict.Parameter(p))
	}
	return example
}

func headers(list []microcks.Header) []predict.Header {
	var out []predict.Header
	for _, h := range list {
		out = append(out, predict.Header(h))
	}
	return out
}
