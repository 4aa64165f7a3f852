package lint

import (
	"iter"
	"strings"

	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

var credentialInCollection = Rule{
	ID: "PMI041", Name: "credential-in-collection", Level: result.Warning,
	Text: "What Microcks has imported is public there: it shows the requests and answers of a service, headers and variables " +
		"included, to everybody who reaches it, also without a sign-in. The collection holds a credential in a well-known format, such as " +
		"a Postman API key (`PMAK-…`), a token of GitHub (`ghp_…`), an access key of AWS (`AKIA…`) or a private key. The finding names " +
		"the place, never the value.",
	Hint: "revoke this credential, and put a variable such as {{token}} or a made-up value in its place",
	Bad: Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [{
  "name": "two pets", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"},
  "header": [{"key": "X-API-Key", "value": "PMAK-000000000000000000000000-0000000000000000000000000000000000"}]}, "code": 200,
  "body": "[]"
}]}]`},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		for v := range s.texts() {
			if what := text.KnownCredential(s.reading(v)); what != "" {
				r.secretly(v, "%s holds %s", placeOf(v), what)
			}
		}
	},
}

var credentialLike = Rule{
	ID: "PMI042", Name: "credential-like", Level: result.Note,
	Text: "A header, variable or parameter whose name is that of a credential has a value that looks like a real one: letters and " +
		"digits, no variable. What Microcks has imported is public there, see [PMI041](#pmi041).",
	Hint: "if it is a real credential, revoke it, and put a variable such as {{token}} or a made-up value in its place",
	Bad: Sample{Items: `[{"name": "list pets", "request": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"}}, "response": [{
  "name": "two pets", "originalRequest": {"method": "GET", "url": {"raw": "{{baseUrl}}/pets"},
  "header": [{"key": "Authorization", "value": "Bearer 8f14e45fceea167a5a36dedd4bea2543"}]}, "code": 200,
  "body": "[]"
}]}]`},
	Good: Sample{},
	check: func(s *subject, r *reporter) {
		for v := range s.texts() {
			if v.Name() != "value" || !credentialNames[strings.ToLower(v.Parent().At("key").AsText())] {
				continue
			}
			if value := s.reading(v); text.KnownCredential(value) == "" && looksReal(value) {
				r.secretly(v, "%s looks like a credential", placeOf(v))
			}
		}
	},
}

// credentialNames are those of headers, parameters and variables that hold one.
var credentialNames = map[string]bool{
	"authorization": true, "proxy-authorization": true, "x-api-key": true, "api-key": true, "apikey": true, "api_key": true,
	"x-auth-token": true, "token": true, "accesstoken": true, "access_token": true, "access-token": true, "refresh_token": true,
	"bearertoken": true, "bearer_token": true, "password": true, "secret": true, "client_secret": true, "clientsecret": true,
	"accesskey": true, "secretkey": true, "secret_key": true, "privatekey": true, "private_key": true, "sessiontoken": true,
}

// looksReal reports whether a value is more than a placeholder: at least 8
// characters in one word, with letters and digits.
func looksReal(value string) bool {
	scheme, token, two := strings.Cut(strings.TrimSpace(value), " ")
	if two && (strings.EqualFold(scheme, "bearer") || strings.EqualFold(scheme, "basic")) {
		value = token
	}
	const shortest, longest = 8, 10_000
	lower := strings.ToLower(value)
	for _, sign := range []string{"{{", "<", "$", " ", "…", "...", "your", "example", "xxx", "***", "placeholder", "changeme"} {
		if strings.Contains(lower, sign) {
			return false
		}
	}
	return len(value) >= shortest && len(value) <= longest && strings.ContainsAny(value, "0123456789") &&
		strings.ContainsAny(lower, "abcdefghijklmnopqrstuvwxyz")
}

// placeOf says what a text of the collection is: its name, or that of the pair
// that it is the value of.
func placeOf(v jackson.Value) string {
	name := v.Name()
	if key := v.Parent().At("key"); name == "value" && key.IsText() {
		name = key.AsText()
	}
	if name == "" {
		return "a text in a list"
	}
	return "the value of " + quote(text.HideKnownCredentials(name))
}

// secretly is at for a finding whose place may have the credential in its names.
func (r *reporter) secretly(v jackson.Value, format string, args ...any) {
	before := len(r.subject.findings)
	r.at(v, format, args...)
	for i := range r.subject.findings[before:] {
		f := &r.subject.findings[before+i]
		f.Pointer = text.HideKnownCredentials(f.Pointer)
		for k := range f.Path {
			f.Path[k] = text.HideKnownCredentials(f.Path[k])
		}
	}
}

// What looking through texts costs.
const (
	workOfValue = 4
	bytesOfText = 4 // that are looked through in a unit of work
)

// texts are all texts of the collection, in order.
func (s *subject) texts() iter.Seq[jackson.Value] {
	return func(yield func(jackson.Value) bool) {
		for v := range s.Document.Root.Below() {
			s.meter.Work(workOfValue)
			if v.IsText() && !yield(v) {
				return
			}
		}
	}
}

// reading is a text that is looked through.
func (s *subject) reading(v jackson.Value) string {
	text := v.AsText()
	s.meter.Work(len(text) / bytesOfText)
	return text
}
