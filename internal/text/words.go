package text

import (
	"slices"
	"strings"
)

// ownWords are words of this program that a report can have and that are long
// enough to be taken for a credential: inputs, outputs, statuses, and what they
// are about. A credential of such a value cannot be hidden: that would make
// every report unreadable.
var ownWords = strings.Fields(`
	postman-microcks-importer/result/v1 postman-api-key postman-api-url postman-environment microcks-url microcks-version microcks-headers
	keycloak-url keycloak-auth keycloak-client-id keycloak-client-secret keycloak-audience service-version
	github-token comment-key comment-url
	collection collections manifest leftovers importer-name main-artifact export-as secret-name service-url mock-url result-file summary-file
	remove-services replace-secret replace-service untrusted-event ca-certificate client-certificate
	client-secret client-key github-oidc github-actions unchanged parallelism delivery operations operation examples importers
	importer secondary documents troubleshooting repository description definition authorization password credential credentials
	warnings breaking consumers dispatcher microcks keycloak localhost undefined 12345678
	https://api.getpostman.com https://api.postman.com
`)

// isOwnWord reports whether a text is a word of this program or a part of one.
func isOwnWord(s string) bool {
	s = strings.ToLower(s)
	return slices.ContainsFunc(ownWords, func(word string) bool { return strings.Contains(word, s) })
}
