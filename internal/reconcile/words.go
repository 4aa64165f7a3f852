package reconcile

import (
	"fmt"

	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

func count(findings []result.Finding, level result.Level) int {
	n := 0
	for _, f := range findings {
		if f.Level == level {
			n++
		}
	}
	return n
}

func outcomeText(p predict.Prediction) string {
	switch p.Outcome {
	case predict.Refused:
		return "Microcks would refuse it: " + p.ImportError
	case predict.Crashed:
		return "Microcks would answer 500: " + p.Cause
	}
	operations, examples := size(p.Service)
	return fmt.Sprintf("makes %s %s with %s and %s", p.Name, p.Version, text.Plural(operations, "operation"), text.Plural(examples, "example"))
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

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
