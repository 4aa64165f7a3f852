package reconcile

import (
	"postman-microcks-importer/internal/predict"
)

// differenceOf lists what an import would change, breaking changes first. A
// service that is not served yet has no differences: it is new.
func differenceOf(served, predicted *predict.Service) []predict.Change {
	if served == nil || predicted == nil {
		return nil
	}
	return predict.Diff(served, predicted)
}
