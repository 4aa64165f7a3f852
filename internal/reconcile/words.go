package reconcile

import (
	"cmp"
	"fmt"
	"strings"

	"postman-microcks-importer/internal/lint"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
)

func bytesText(n int) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1000*1000:
		return fmt.Sprintf("%.1f kB", float64(n)/1000)
	default:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
}

func count(findings []result.Finding, level result.Level) int {
	n := 0
	for _, f := range findings {
		if f.Level == level {
			n++
		}
	}
	return n
}

// PartsText lists the parts in which two operations or examples differ.
func PartsText(parts []predict.Part) string {
	says := map[predict.Part]string{
		predict.PartMediaType: "media type", predict.PartRequestBody: "request body", predict.PartRequestHeaders: "request headers",
		predict.PartRequestParameters: "request parameters", predict.PartResponseBody: "response body", predict.PartResponseHeaders: "response headers",
	}
	var each []string
	for _, p := range parts {
		each = append(each, cmp.Or(says[p], string(p)))
	}
	return strings.Join(each, ", ")
}

func outcomeText(p predict.Prediction) string {
	switch p.Outcome {
	case predict.Refused:
		return "Microcks would refuse it: " + p.ImportError
	case predict.Crashed:
		return "Microcks would answer 500: " + lint.CauseText(p.Cause)
	}
	operations, examples := size(p.Service)
	return fmt.Sprintf("makes %s %s with %s and %s", p.Name, p.Version, plural(operations, "operation"), plural(examples, "example"))
}

func size(s *predict.Service) (operations, examples int) {
	if s == nil {
		return 0, 0
	}
	for _, op := range s.Operations {
		examples += len(op.Examples)
	}
	return len(s.Operations), examples
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// shortened cuts a server's text to limit runes.
func shortened(s string, limit int) string {
	if runes := []rune(s); len(runes) > limit {
		return string(runes[:limit]) + "…"
	}
	return s
}
