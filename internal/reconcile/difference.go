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
	return diffNow(served, predicted)
}

func diffNow(served, predicted *predict.Service) []predict.Change {
	var out []predict.Change
	ops := map[string]predict.Operation{}
	for _, o := range served.Operations {
		ops[o.Name] = o
	}
	for _, o := range predicted.Operations {
		was, ok := ops[o.Name]
		if !ok {
			out = append(out, predict.Change{Kind: predict.Added, Operation: o.Name})
			continue
		}
		delete(ops, o.Name)
		if len(was.Examples) != len(o.Examples) {
			out = append(out, predict.Change{Kind: predict.Changed, Operation: o.Name, Fields: []string{"examples"}})
		}
	}
	for name := range ops {
		out = append(out, predict.Change{Kind: predict.Removed, Operation: name, Breaking: true})
	}
	return out
}
