package microcks

import (
	"fmt"
	"strings"
	"time"

	"postman-microcks-importer/internal/mock"
)

// compute is a saved text with its expressions evaluated. Of the functions of the
// real server it knows those for ids and times; the others answer nothing.
func (s *Server) compute(t mock.Text) string {
	var out strings.Builder
	for i, piece := range t.Pieces {
		if i > 0 {
			out.WriteString(s.evaluate(t.Expressions[i-1]))
		}
		out.WriteString(piece)
	}
	return out.String()
}

func (s *Server) evaluate(expression string) string {
	switch strings.TrimSpace(expression) {
	case "uuid()", "guid()", "$guid", "$uuid":
		s.mu.Lock()
		defer s.mu.Unlock()
		id := s.newID()
		return fmt.Sprintf("%s-0000-4000-8000-%s", id[:8], id[12:])
	case "now()", "timestamp()", "$timestamp":
		return fmt.Sprint(time.Now().UnixMilli())
	}
	return ""
}
