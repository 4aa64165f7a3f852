package lint

import (
	"strings"

	"postman-microcks-importer/internal/result"
)

//go:generate go test -run TestFindingsDoc . -update

// Rule is one thing that a person should know before an import.
type Rule struct {
	ID    string       // "PMI001", stable
	Name  string       // "version-missing", stable
	Level result.Level // of its findings
	Text  string       // what happens and why, Markdown
	Hint  string       // what to do about it, as all hints are: no capital, no full stop
	Bad   Sample       // an input with this finding
	Good  Sample       // the same without

	check func(*subject, *reporter)
}

// Anchor of the rule in docs/findings.md.
func (r Rule) Anchor() string { return strings.ToLower(r.ID) }

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
		answerUnreadable, credentialInCollection, credentialLike,
		itemIgnored, versionInProse, exampleNameOdd,
		breaksOthers, errorAnswers, exampleUnreachable, bracesVanish, bracesComputed, headerRepeated, methodNotMocked,
		answerDelayed, graphQLRest, partUnknown, partLost, partOdd, partHidden,
	}
}
