package predict

import (
	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/java"
)

// served is a prediction as a server returns it: a surrogate without a partner
// is lost on the way to the database and back. What p points to stays as it is.
func served(m *budget.Meter, p Prediction) Prediction {
	p.Name, p.Version, p.ImportError = java.WellFormed(p.Name), java.WellFormed(p.Version), java.WellFormed(p.ImportError)
	if p.Service == nil {
		return p
	}
	s := clone(p.Service)
	p.Service = s
	s.Name, s.Version = java.WellFormed(s.Name), java.WellFormed(s.Version)
	for i := range s.Operations {
		op := &s.Operations[i]
		op.Name, op.Method = java.WellFormed(op.Name), java.WellFormed(op.Method)
		op.DispatcherRules = servedText(op.DispatcherRules)
		op.ResourcePaths = each(op.ResourcePaths, java.WellFormed)
		op.Examples = each(op.Examples, func(e Example) Example {
			m.Memory(e.listed())
			return servedExample(e)
		})
	}
	return p
}

func servedExample(e Example) Example {
	e.Name = java.WellFormed(e.Name)
	e.DispatchCriteria = servedText(e.DispatchCriteria)
	e.Request.Content, e.Response.Content = servedText(e.Request.Content), servedText(e.Response.Content)
	e.Request.Headers, e.Response.Headers = each(e.Request.Headers, servedHeader), each(e.Response.Headers, servedHeader)
	e.Request.Parameters = each(e.Request.Parameters, func(p Parameter) Parameter {
		return Parameter{java.WellFormed(p.Name), java.WellFormed(p.Value)}
	})
	e.Response.Status, e.Response.MediaType = java.WellFormed(e.Response.Status), java.WellFormed(e.Response.MediaType)
	e.Response.MediaTypes = each(e.Response.MediaTypes, java.WellFormed)
	return e
}

func servedHeader(h Header) Header {
	return Header{java.WellFormed(h.Name), each(h.Values, java.WellFormed)}
}

func servedText(s *string) *string {
	if s == nil {
		return nil
	}
	return new(java.WellFormed(*s))
}

// each is a list with every element changed; nil stays nil.
func each[T any](list []T, change func(T) T) []T {
	if list == nil {
		return nil
	}
	out := make([]T, len(list))
	for i, v := range list {
		out[i] = change(v)
	}
	return out
}
