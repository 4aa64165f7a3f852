package predict

import "postman-microcks-importer/internal/java"

// serve rewrites the texts of a prediction as a server returns them, where a
// surrogate without a partner does not come back.
func serve(p *Prediction) {
	at := func(s *string) {
		if served := java.WellFormed(*s); served != *s {
			*s = served
		}
	}
	opt := func(s *string) *string {
		if s == nil {
			return nil
		}
		return ptr(java.WellFormed(*s))
	}
	at(&p.Name)
	at(&p.Version)
	at(&p.ImportError)
	s := p.Service
	if s == nil {
		return
	}
	at(&s.Name)
	at(&s.Version)
	for i := range s.Operations {
		op := &s.Operations[i]
		at(&op.Name)
		at(&op.Method)
		op.DispatcherRules = opt(op.DispatcherRules)
		for k := range op.ResourcePaths {
			at(&op.ResourcePaths[k])
		}
		for k := range op.Examples {
			e := &op.Examples[k]
			at(&e.Name)
			e.DispatchCriteria = opt(e.DispatchCriteria)
			e.Request.Content, e.Response.Content = opt(e.Request.Content), opt(e.Response.Content)
			at(&e.Response.Status)
			at(&e.Response.MediaType)
			for k := range e.Response.MediaTypes {
				at(&e.Response.MediaTypes[k])
			}
			for _, m := range []*[]Header{&e.Request.Headers, &e.Response.Headers} {
				for h := range *m {
					at(&(*m)[h].Name)
					at(&(*m)[h].Values[0])
				}
			}
			for q := range e.Request.Parameters {
				at(&e.Request.Parameters[q].Name)
				at(&e.Request.Parameters[q].Value)
			}
		}
	}
}
