package mock

import (
	"cmp"
	"strings"

	"golang.org/x/mod/semver"

	"postman-microcks-importer/internal/java"
	"postman-microcks-importer/internal/predict"
)

// behaviour is what differs between server versions when a mock is called. The zero
// value is the oldest server that reads the answers of Postman's API, 1.7.0.
type behaviour struct {
	refusesUnmatched bool // criteria that no example has are refused; before, any example of the operation answers
	answersBytes     bool // answers without media type are octets; before, text
	skipsValueless   bool // a query parameter needs no value; before, a call that has one crashes
	rendersHeaders   bool // expressions are evaluated in headers, too
	closesWithAll    bool // an expression ends with all closing braces that stand together
	findsByName      bool // an operation is found by its very name, too
	cutsParts        bool // what follows a question mark, even escaped, is no longer path
	refusesTrace     bool // TRACE is 405; before, 400
	strictQuery      bool // parameters that cannot be decoded are refused with 400
	namelessHeader   bool // an empty header name breaks the answer; before, it is left out
	answersUTF8      bool // bodies are UTF-8, whatever the media type says
	springSeven      bool // knows neither 305 nor 419 nor 420

	java java.Options
}

// changes are what a server does from a version on, as in predict.
var changes = []struct {
	since string
	apply func(*behaviour)
}{
	{"v1.9.1", func(b *behaviour) { b.refusesUnmatched, b.answersBytes, b.answersUTF8 = true, true, true }},
	{"v1.10.0", func(b *behaviour) { b.skipsValueless, b.rendersHeaders = true, true }},
	{"v1.11.0", func(b *behaviour) {
		b.closesWithAll, b.findsByName, b.cutsParts = true, true, true
		b.java = java.Options{ASCIIBoundary: true, StrictHex: true}
	}},
	{"v1.15.0", func(b *behaviour) {
		b.refusesTrace, b.strictQuery, b.namelessHeader, b.springSeven = true, true, true, true
	}},
}

// behaviourOf a server version; "" is [predict.Newest], a "-SNAPSHOT" its release.
// What is no version counts as the oldest one.
func behaviourOf(version string) behaviour {
	number, _, _ := strings.Cut(cmp.Or(version, predict.Newest), "-")
	var b behaviour
	for _, c := range changes {
		if semver.Compare("v"+number, c.since) >= 0 {
			c.apply(&b)
		}
	}
	return b
}
