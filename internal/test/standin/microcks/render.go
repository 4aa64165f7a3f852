package microcks

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// expression is what a mock server evaluates in a saved body or header.
var expression = regexp.MustCompile(`\{\{\s*([^\s{}][^{}]*?)\s*\}\}`)

// emptyExpression makes the server give up and leave the text as it is.
var emptyExpression = regexp.MustCompile(`\{\{\s*\}\}`)

// render evaluates the expressions in a text. Of the functions of the real
// server it knows those for ids and times; whatever else stands in braces is a
// name without value and vanishes.
func (s *Server) render(text string) string {
	if !strings.Contains(text, "{{") || emptyExpression.MatchString(text) {
		return text
	}
	return expression.ReplaceAllStringFunc(text, func(found string) string {
		switch expression.FindStringSubmatch(found)[1] {
		case "uuid()", "guid()", "$guid", "$uuid":
			s.mu.Lock()
			defer s.mu.Unlock()
			id := s.newID()
			return fmt.Sprintf("%s-0000-4000-8000-%s", id[:8], id[12:])
		case "now()", "timestamp()", "$timestamp":
			return fmt.Sprint(time.Now().UnixMilli())
		}
		return ""
	})
}
