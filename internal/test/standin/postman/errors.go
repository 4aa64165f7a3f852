package postman

import (
	"net/http"
	"slices"
)

const (
	jsonType    = "application/json; charset=utf-8"
	problemType = "application/problem+json"
)

// row is one error answer of the Postman API.
type row struct {
	name        string
	status      int
	contentType string
	body        string
	header      http.Header
}

// rows are the error answers that Postman is known to give, in both of its
// shapes. Each name is also the name of a fault, see [Named].
func rows() []row {
	return []row{
		{"unauthorized", 401, jsonType,
			`{"error":{"name":"AuthenticationError","message":"Invalid API Key. Every request requires a valid API Key to be sent."}}`, nil},
		{"unauthorized-missing", 401, jsonType,
			`{"error":{"name":"AuthenticationError","message":"API Key missing. Every request requires an API Key to be sent."}}`, nil},
		{"unauthorized-problem", 401, problemType,
			`{"type":"https://api.postman.com/problems/unauthorized","title":"Unauthorized","detail":"An API key must be provided in the ` +
				`request header or query string","status":401}`, nil},
		{"forbidden", 403, jsonType, `{"error":{"name":"forbiddenError","message":"You are not permitted to perform the action."}}`, nil},
		{"forbidden-permissions", 403, jsonType,
			`{"error":{"name":"forbiddenError","message":"You do not have enough permissions to perform this action."}}`, nil},
		{"forbidden-problem", 403, problemType,
			`{"type":"https://api.postman.com/problems/forbidden","title":"Forbidden","detail":"Forbidden","status":403}`, nil},
		{"forbidden-region", 403, problemType,
			`{"type":"https://api.postman.com/problems/forbidden","title":"Forbidden","detail":"This feature isn't available in your region.",` +
				`"status":403}`, nil},
		{"forbidden-resource", 403, problemType,
			`{"type":"https://api.postman.com/problems/forbidden","title":"Resource cannot be accessed","detail":"Inadequate permissions. ` +
				`Resource access forbidden.","status":403}`, nil},
		{"not-found", 404, jsonType,
			`{"error":{"name":"instanceNotFoundError","message":"We could not find the collection you are looking for"}}`, nil},
		{"not-found-400", 400, jsonType,
			`{"error":{"name":"instanceNotFoundError","message":"We could not find the collection you are looking for"}}`, nil},
		{"not-found-item", 404, jsonType,
			`{"error":{"name":"instanceNotFoundError","message":"The specified item does not exist.","details":{"item":"collection",` +
				`"id":"unknown"}}}`, nil},
		{"not-found-problem", 404, jsonType,
			`{"title":"We could not find the collection you are looking for","type":"instanceNotFoundError"}`, nil},
		{"route-not-found", 404, jsonType, `{"error":{"name":"notFoundError","message":"Requested resource not found"}}`, nil},
		{"workspace-not-found", 404, jsonType,
			`{"error":{"name":"workspaceNotFoundError","message":"Workspace not found","statusCode":404}}`, nil},
		{"malformed-id", 400, jsonType, `{"error":{"name":"invalidUIDError","message":"The ID provided is not a valid UID."}}`, nil},
		{"malformed-request", 400, jsonType,
			`{"error":{"name":"malformedRequestError","message":"Found 2 errors with the supplied collection.","details":[": must have ` +
				`required property 'item'",": must have required property 'info'"]}}`, nil},
		{"rate-limited", 429, jsonType, `{"error":"rateLimited","message":"Rate limit exceeded. Please retry after 1669048687"}`,
			http.Header{"Retry-After": {"1"}, "X-Ratelimit-Retryafter": {"1"}}},
		{"rate-limited-object", 429, jsonType, `{"error":{"name":"rateLimited","message":"Rate limit exceeded."}}`,
			http.Header{"Retryafter": {"1"}}},
		{"rate-limited-old", 429, jsonType,
			`{"error":{"name":"rateLimitError","message":"Rate Limit exceeded. Please retry at 1465452702843"}}`, nil},
		{"rate-limited-problem", 429, problemType,
			`{"type":"https://api.postman.com/problems/too-many-requests","title":"Too Many Requests","detail":"Rate limit exceeded.",` +
				`"status":429}`, nil},
		{"quota-exhausted", 429, jsonType,
			`{"error":{"name":"serviceLimitExhausted","message":"Service limit exhausted. Please contact your team ` +
				`admin."}}`, http.Header{"Ratelimit-Remaining-Month": {"0"}}},
		{"server-error", 500, jsonType, `{"error":{"name":"serverError","message":"An error has occurred on the server."}}`, nil},
		{"server-error-problem", 500, problemType,
			`{"type":"https://api.postman.com/problems/internal-server-error","title":"Internal Server Error","detail":"Internal Server Error",` +
				`"status":500}`, nil},
		{"unavailable", 503, jsonType,
			`{"error":{"name":"503 service unavailable","message":"The server is currently not available (because it is overloaded or down for ` +
				`maintenance) Generally this is a temporary state"}}`, nil},
		{"html-502", 502, "text/html",
			"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n" +
				"</html>\r\n", nil},
		{"html-504", 504, "text/html",
			"<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n<body>\r\n<center><h1>504 Gateway Time-out</h1></center>\r\n" +
				"</body>\r\n</html>\r\n", nil},
		{"html-200", 200, "text/html; charset=utf-8",
			"<!DOCTYPE html>\n<html><head><title>Sign in to the network</title></head><body><form action=\"/login\"></form></body></html>\n", nil},
	}
}

func rowAnswer(name string) answer {
	all := rows()
	i := slices.IndexFunc(all, func(r row) bool { return r.name == name })
	r := all[i]
	return answer{status: r.status, contentType: r.contentType, body: []byte(r.body), header: r.header}
}
