package predict

import (
	"cmp"
	"strings"

	"golang.org/x/mod/semver"

	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/java"
)

// Newest is the newest server version whose behaviour is known here.
const Newest = "1.15.0"

// behaviour is what differs between server versions when a collection is
// imported. The zero value is the oldest server that reads the answers of
// Postman's API, 1.7.0.
type behaviour struct {
	patchVerb          bool // PATCH may stand before an operation's name; before, the server wrote PATH
	storesResource     bool // keeps the collection's text, which meets the database's limit of 16 MB
	pathOfUndispatched bool // examples of operations without dispatcher add their path
	rebuildsGraphQL    bool // rebuilds the body of GraphQL examples, which fails behind the API's wrapper
	harByLogLine       bool // a line that starts with "log": is an HTTP archive
	valuelessKeys      bool // an operation's parameters need no value; before, importing fails
	repeatedCriteria   bool // a query key given twice counts twice in criteria
	proxyFallback      bool // unwraps the rules of PROXY_FALLBACK
	asyncAPI3          bool // detects AsyncAPI 3
	valuelessCriteria  bool // query parameters of examples need no value; before, importing crashes
	bodyArguments      bool // QUERY_ARGS reads the raw body too
	apiExamples        bool // detects APIExamples
	structuredVersion  bool // info.version may be an object
	queryHeader        bool // knows the dispatcher QUERY_HEADER
	harFallback        bool // what nothing detects is an HTTP archive; before, a SoapUI project
	strictMicrocksID   bool // "# microcksId:" must start its line
	partsRuleAlone     bool // path criteria look at the part of the rules before "??" only

	java    java.Options
	jackson jackson.Options
}

// changes are what a server does from a version on. Sources: the tags of the
// public repository; 1.9.0, 1.10.0, 1.13.0 and 1.15.0 seen on servers. Servers
// before 1.11.0 run on Java 17; the later ones are taken to run on Java 25, as
// those seen did.
var changes = []struct {
	since string
	apply func(*behaviour)
}{
	{"v1.7.1", func(b *behaviour) { b.patchVerb, b.storesResource = true, true }},
	{"v1.8.0", func(b *behaviour) {
		b.pathOfUndispatched, b.rebuildsGraphQL, b.harByLogLine, b.valuelessKeys = true, true, true, true
	}},
	{"v1.9.0", func(b *behaviour) { b.repeatedCriteria, b.asyncAPI3 = true, true }},
	{"v1.9.1", func(b *behaviour) { b.proxyFallback = true }},
	{"v1.10.0", func(b *behaviour) { b.valuelessCriteria, b.bodyArguments, b.apiExamples = true, true, true }},
	{"v1.10.1", func(b *behaviour) { b.structuredVersion = true }},
	{"v1.11.0", func(b *behaviour) {
		b.queryHeader, b.harFallback, b.strictMicrocksID = true, true, true
		b.java, b.jackson.LimitsNames = java.Options{ASCIIBoundary: true, StrictHex: true}, true
		b.harByLogLine = false
	}},
	{"v1.12.0", func(b *behaviour) { b.partsRuleAlone = true }},
	{"v1.15.0", func(b *behaviour) { b.jackson.RefusesSurrogates = true }},
}

// Beyond reports whether a server is newer than the newest known by more than a
// patch, so that what it does may differ from what is predicted.
func Beyond(version string) bool {
	return semver.Compare(semver.MajorMinor("v"+version), semver.MajorMinor("v"+Newest)) > 0
}

// behaviourOf a server version; "" is [Newest], a "-SNAPSHOT" its release. What
// is no version counts as the oldest one.
func behaviourOf(version string) behaviour {
	number, _, _ := strings.Cut(cmp.Or(version, Newest), "-")
	var b behaviour
	for _, c := range changes {
		if semver.Compare("v"+number, c.since) >= 0 {
			c.apply(&b)
		}
	}
	return b
}
