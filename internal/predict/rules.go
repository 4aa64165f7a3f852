package predict

//go:generate go test -run TestFindingsDoc . -update

// Rules are all rules, in order of their ids.
func Rules() []Rule {
	return []Rule{
		versionMissing, versionOdd, nameOdd, serviceTaken,
		schemaNotV2, envelopeMissing, unreadable, takenForOther,
		noOperations, operationWithoutExample, noExamples,
		graphQLExample, badEscape, namelessParameter, valuelessParameter,
		regexInPath, regexRefused, rulesMissing,
		variableInOperation, variableInCriteria, operationOdd,
		operationsAlike, dispatcherLost, sameCriteria,
		requestMissing, criteriaEmpty, formDropped, bodyLost,
		twoContentTypes, sameName, disabledStored, emptyVariable,
		collectionTooLarge, collectionNearLimit,
		secondaryAlone, secondaryMatchesNothing, untold, importBroken, operationEdited,
		answerUnreadable,
	}
}

// Sample is an input that shows a finding, or its absence. Info and Items are
// the parts of a collection, as Postman exports them; Raw is a whole input
// instead, as a server downloads it.
type Sample struct {
	Info, Items, Raw string
	// Make gives the input where it is too long to show.
	Make func() []byte
	// Note says what else belongs to the sample, such as the server's version.
	Note   string
	Target Target
	// Secondary makes it a secondary artifact.
	Secondary bool
}

// input is the sample's bytes, and the target to judge them for.
func (s Sample) input() ([]byte, Target) {
	t := s.Target
	t.Main = !s.Secondary
	if t.URL == "" {
		t.URL = "https://api.getpostman.com/collections/12345678-12ece9e1-2abf-4edc-8e34-de66e74114d2"
	}
	if s.Make != nil {
		return s.Make(), t
	}
	if s.Raw != "" {
		return []byte(s.Raw), t
	}
	t.Export = true
	info, items := s.Info, s.Items
	if info == "" {
		info = `{"name": "Pets", "description": "version=1.0 - the pets"}`
	}
	if items == "" {
		items = petItems
	}
	return []byte(`{"info": ` + info + `, "item": ` + items + `}`), t
}

// petItems is a request with an example that nothing is wrong with.
const petItems = `[{
  "name": "list pets",
  "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}},
  "response": [{
    "name": "two pets",
    "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}},
    "code": 200,
    "header": [{"key": "Content-Type", "value": "application/json"}],
    "body": "[{\"id\": 1}, {\"id\": 2}]"
  }]
}]`
