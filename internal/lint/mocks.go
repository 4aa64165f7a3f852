package lint

import (
	"slices"
	"strconv"

	"postman-microcks-importer/internal/mock"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/text"
)

// mocked is what the mocks of the service will answer, for the rules about that.
type mocked struct {
	*mock.Mocks
	calls    []mock.Call
	uncalled map[*predict.Example]mock.Uncalled
	sent     map[*predict.Example]*mock.Candidate // what comes back, of the examples that calls show
	// instead are the good examples in whose place failing ones can answer.
	instead map[*predict.Example]*predict.Example
}

// What looking at mocks may cost. Of a collection that would take more, which a person
// does not write, nothing is found about them.
const (
	workOfMocks   = 12_000_000
	memoryOfMocks = 24 << 20
)

// mocks of the service that the import comes to, called once for all rules.
func (s *subject) mocks() *mocked {
	if s.mocked != nil {
		return s.mocked
	}
	m := &mocked{uncalled: map[*predict.Example]mock.Uncalled{}, sent: map[*predict.Example]*mock.Candidate{},
		instead: map[*predict.Example]*predict.Example{}}
	s.mocked = m
	if s.Composed == nil { // nothing is imported
		return m
	}
	m.Mocks = mock.Of(s.Composed, mock.Options{Version: s.Document.Options.Version, Meter: s.meter.Beside(workOfMocks, memoryOfMocks)})
	calls, uncalled := m.Calls(nil)
	m.calls = calls
	for _, u := range uncalled {
		m.uncalled[u.Example] = u
	}
	for i := range calls {
		m.failing(calls[i].Examples)
		for k := range calls[i].Answer.Candidates {
			if c := &calls[i].Answer.Candidates[k]; c.Example != nil {
				m.sent[c.Example] = c
			}
		}
	}
	return m
}

// failing notes those of the examples of one call that fail, where one does not.
func (m *mocked) failing(examples []*predict.Example) {
	i := slices.IndexFunc(examples, func(e *predict.Example) bool { return statusOf(e)/100 == 2 })
	if i < 0 {
		return
	}
	for _, e := range examples {
		if statusOf(e) >= 400 {
			m.instead[e] = examples[i]
		}
	}
}

// broken are the operations whose names are no valid patterns.
func (m *mocked) broken() []*predict.Operation {
	if m.Mocks == nil {
		return nil
	}
	return m.Broken()
}

// mostQuoted of several names stand in one finding.
const mostQuoted = 5

// quotedNames are the first of several names.
func quotedNames(names []string) text.Untrusted {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = quote(name)
	}
	return text.Untrusted(text.Few(quoted, ", ", mostQuoted))
}

// statusOf a saved answer; 0 when it is no number.
func statusOf(e *predict.Example) int {
	code, err := strconv.Atoi(e.Response.Status)
	if err != nil {
		return 0
	}
	return code
}

// definedBy is the item that defines an operation.
func (s *subject) definedBy(name string) (item int, known bool) {
	if s.definitions == nil {
		s.definitions = make(map[string]int, len(s.Document.Operations))
		for _, op := range s.Document.Operations {
			s.definitions[op.Name] = op.Item
		}
	}
	item, known = s.definitions[name]
	return item, known
}
