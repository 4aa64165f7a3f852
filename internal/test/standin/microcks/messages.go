package microcks

import (
	"slices"

	"postman-microcks-importer/internal/predict"
)

// message is one request with its response. It belongs to an operation of a
// service by the operation's id, also when that operation is gone: then it is
// an orphan that comes back with an operation of that name.
type message struct {
	operationID string
	source      string
	requestID   string
	responseID  string
	example     predict.Example
}

// pair is a message in an answer.
type pair struct {
	Type     string        `json:"type"`
	Request  shownRequest  `json:"request"`
	Response shownResponse `json:"response"`
	Name     string        `json:"name,omitempty"`
}

type shownRequest struct {
	Name            string           `json:"name"`
	Content         *string          `json:"content,omitempty"`
	OperationID     string           `json:"operationId"`
	SourceArtifact  string           `json:"sourceArtifact"`
	Headers         []shownHeader    `json:"headers,omitempty"`
	ID              string           `json:"id"`
	ResponseID      string           `json:"responseId"`
	QueryParameters []shownParameter `json:"queryParameters,omitempty"`
}

type shownResponse struct {
	Name             string        `json:"name"`
	Content          *string       `json:"content,omitempty"`
	OperationID      string        `json:"operationId"`
	SourceArtifact   string        `json:"sourceArtifact"`
	Headers          []shownHeader `json:"headers,omitempty"`
	ID               string        `json:"id"`
	Status           string        `json:"status,omitempty"`
	MediaType        string        `json:"mediaType,omitempty"`
	DispatchCriteria *string       `json:"dispatchCriteria,omitempty"`
	Fault            bool          `json:"fault"`
}

type shownHeader struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

type shownParameter struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// pairs is the messages of the operations that a service has, by name. Every
// operation has an entry, if an empty one.
func (s *Server) pairs(one *storedService) map[string][]pair {
	byName := map[string][]pair{}
	for _, op := range one.Operations {
		list := []pair{}
		for _, m := range s.messagesOf(one.operationID(op)) {
			list = append(list, s.showPair(m))
		}
		byName[op.Name] = list
	}
	return byName
}

func (s *Server) showPair(m message) pair {
	ex := m.example
	p := pair{
		Type: "reqRespPair",
		Request: shownRequest{
			Name: ex.Name, Content: ex.Request.Content, OperationID: m.operationID, SourceArtifact: m.source,
			Headers: showHeaders(ex.Request.Headers), ID: m.requestID, ResponseID: m.responseID,
		},
		Response: shownResponse{
			Name: ex.Name, Content: ex.Response.Content, OperationID: m.operationID, SourceArtifact: m.source,
			Headers: showHeaders(ex.Response.Headers), ID: m.responseID, Status: ex.Response.Status,
			MediaType: ex.Response.MediaType, DispatchCriteria: ex.DispatchCriteria,
		},
	}
	for _, q := range ex.Request.Parameters {
		p.Request.QueryParameters = append(p.Request.QueryParameters, shownParameter(q))
	}
	if s.version.namesPairs() {
		p.Name = ex.Name
	}
	return p
}

func showHeaders(headers []predict.Header) []shownHeader {
	var shown []shownHeader
	for _, h := range headers {
		shown = append(shown, shownHeader(h))
	}
	return shown
}

func (s *Server) messagesOf(operationID string) []message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []message
	for _, m := range s.messages {
		if m.operationID == operationID {
			found = append(found, m)
		}
	}
	return found
}

func (s *Server) examples(operationID string) []predict.Example {
	var examples []predict.Example
	for _, m := range s.messagesOf(operationID) {
		ex := m.example
		ex.SourceArtifact = m.source
		examples = append(examples, ex)
	}
	return examples
}

// deleteMessages deletes those of an operation, only of one source when given.
func (s *Server) deleteMessages(operationID string, source *string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = slices.DeleteFunc(s.messages, func(m message) bool {
		return m.operationID == operationID && (source == nil || m.source == *source)
	})
}

func (s *Server) addMessage(operationID, source string, ex predict.Example) {
	s.mu.Lock()
	defer s.mu.Unlock()
	response, request := s.newID(), s.newID()
	s.messages = append(s.messages, message{operationID, source, request, response, ex})
}
