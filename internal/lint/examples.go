package lint

import (
	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/predict"
)

// distinctExamples are the examples without repetition: one that goes to several
// operations appears with the first.
func (s *subject) distinctExamples() []predict.ExampleAt {
	if s.each != nil {
		return s.each
	}
	times := make([]int, len(s.Document.Items))
	again := false
	for _, items := range s.Sources {
		for _, i := range items {
			times[i]++
			again = again || times[i] > 1
		}
	}
	if !again {
		s.each = s.Examples
		return s.each
	}
	seen := make(map[jackson.Value]bool, len(s.Examples))
	for _, e := range s.Examples {
		if !seen[e.Value] {
			seen[e.Value] = true
			s.each = append(s.each, e)
		}
	}
	return s.each
}

// distinctCrashes are the examples that break the import, each once.
func (s *subject) distinctCrashes() []predict.Failure {
	seen := map[jackson.Value]bool{}
	var out []predict.Failure
	for _, f := range s.Crashes {
		if !seen[f.Value] {
			seen[f.Value] = true
			out = append(out, f)
		}
	}
	return out
}

// nameNumbers are, for each item, a number that all items of its operation's name
// share: names can be long, and are compared often.
func (s *subject) nameNumbers() []int {
	numbers := make(map[string]int, len(s.Document.Operations))
	of := make([]int, len(s.Document.Items))
	for i, it := range s.Document.Items {
		n, known := numbers[it.Operation]
		if !known {
			n = len(numbers)
			numbers[it.Operation] = n
		}
		of[i] = n
	}
	return of
}
