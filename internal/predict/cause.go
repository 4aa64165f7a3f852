package predict

import "postman-microcks-importer/internal/java"

// CauseKind is a kind of reason for which an import breaks inside the server.
type CauseKind string

// Kinds of causes.
const (
	// TooLarge: the collection's text does not fit into a document of the
	// database, which may have 16 MiB.
	TooLarge CauseKind = "too-large"
	// BadEscape: a query parameter cannot be decoded.
	BadEscape CauseKind = "bad-escape"
	// NamelessParameter: a query parameter is only an equals sign.
	NamelessParameter CauseKind = "nameless-parameter"
	// ValuelessParameter: a query parameter has no value.
	ValuelessParameter CauseKind = "valueless-parameter"
	// BadPattern: a path, or the name of a path variable, which becomes part of a
	// regular expression, makes it one that Java refuses.
	BadPattern CauseKind = "bad-pattern"
	// RulesMissing: an operation that was edited in Microcks has a dispatcher, but
	// no rules.
	RulesMissing CauseKind = "rules-missing"
	// RulesBlank: the rules of such an operation are only question marks.
	RulesBlank CauseKind = "rules-blank"
	// GraphQLBody: an example's request has a GraphQL body.
	GraphQLBody CauseKind = "graphql-body"
	// VersionMissing: the comment of an HTTP archive names a service without its
	// version.
	VersionMissing CauseKind = "version-missing"
)

// Cause is why an import breaks inside the server.
type Cause struct {
	Kind CauseKind
	// Exception that Java throws: a [*java.EscapeError], [*java.IndexError] or
	// [*java.PatternError]; nil for TooLarge, RulesMissing and GraphQLBody.
	Exception error
}

// outOfBounds is the cause of reading an array of that length beyond its end.
func outOfBounds(kind CauseKind, index, length int) *Cause {
	return &Cause{kind, &java.IndexError{Index: index, Length: length}}
}

// decode is java.DecodeURL for a query parameter.
func (b behaviour) decode(s string) (string, *Cause) {
	decoded, err := java.DecodeURL(s, b.java)
	if err != nil {
		return "", &Cause{BadEscape, err}
	}
	return decoded, nil
}
