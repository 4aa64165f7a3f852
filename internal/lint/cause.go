package lint

import "postman-microcks-importer/internal/predict"

// CauseText is why an import breaks inside the server, for a person: its
// exception, where that says it.
func CauseText(c *predict.Cause) string {
	switch c.Kind {
	case predict.TooLarge:
		return "the collection is larger than the 16 MB that a document of the database may have"
	case predict.RulesMissing:
		return "the operation has a dispatcher without rules"
	case predict.GraphQLBody: // as the server's log has it
		return `Cannot invoke "com.fasterxml.jackson.databind.ObjectMapper.readTree(String)" because "this.mapper" is null`
	}
	return c.Exception.Error()
}
