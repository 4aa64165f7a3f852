package reconcile

import (
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// differenceOf lists what an import would change, breaking changes first. A
// service that is not served yet has no differences: it is new.
func differenceOf(served, predicted *predict.Service) []predict.Change {
	if served == nil || predicted == nil {
		return nil
	}
	return predict.Diff(served, predicted)
}

// shownDifference is a difference as a run tells it.
func shownDifference(changes []predict.Change) []result.Difference {
	var all []result.Difference
	for _, c := range changes {
		d := result.Difference{
			Kind: result.DifferenceKind(c.Kind), Operation: text.Untrusted(c.Operation), Example: text.Untrusted(c.Example), Breaking: c.Breaking,
		}
		for _, field := range c.Fields {
			d.Fields = append(d.Fields, result.Part(field))
		}
		all = append(all, d)
	}
	return all
}
