package predict

import (
	"bytes"
	"errors"
	"io"
	"regexp"

	"postman-microcks-importer/internal/java"
)

// Format is what the server takes an input for, and so which of its readers gets
// it.
type Format int

// Formats.
const (
	Collection Format = iota // as Postman exports it
	APIAnswer                // a collection as Postman's API answers
	OpenAPI
	Swagger
	SoapUI      // also what nothing detects, before 1.11.0
	HTTPArchive // also what nothing detects, from 1.11.0 on
	AsyncAPI
	Metadata // Microcks' own descriptions of services and examples
	GraphQL
	Protobuf
)

// Marks that the server looks for in a line, whatever stands around them.
var (
	openAPIMark   = regexp.MustCompile(`openapi['"]?[ \t\n\v\f\r]*:[ \t\n\v\f\r]*['"]?[3.]`)
	swaggerMark   = regexp.MustCompile(`swagger['"]?[ \t\n\v\f\r]*:[ \t\n\v\f\r]*`)
	asyncAPI2Mark = regexp.MustCompile(`asyncapi['"]?[ \t\n\v\f\r]*:[ \t\n\v\f\r]*['"]?[2.]`)
	asyncAPI3Mark = regexp.MustCompile(`asyncapi['"]?[ \t\n\v\f\r]*:[ \t\n\v\f\r]*['"]?[3.]`)
)

// detection is how the server takes an input.
type detection struct {
	format Format
	mark   []byte      // the line that decided, trimmed; nil when none did
	rest   *java.Lines // where reading stands
}

// detect finds the format as the server does: line by line, trimmed, the first
// mark wins. The error is that of reading the lines.
func detect(raw []byte, b behaviour) (d detection, err error) {
	d.rest = java.NewLines(raw)
	for {
		line, err := d.rest.Next()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return d, err
		}
		line = java.Trim(line)
		if found, ok := formatOf(line, b); ok {
			d.format, d.mark = found, line
			return d, nil
		}
	}
	d.format = SoapUI
	if b.harFallback {
		d.format = HTTPArchive
	}
	return d, nil
}

// formatOf is the format that a line is a mark of, if it is one.
func formatOf(line []byte, b behaviour) (Format, bool) {
	starts := func(mark string) bool { return bytes.HasPrefix(line, []byte(mark)) }
	holds := func(mark string) bool { return bytes.Contains(line, []byte(mark)) }
	// Java's "." stops at line ends that readLine does not know.
	matches := func(word string, mark *regexp.Regexp) bool {
		return holds(word) && !bytes.ContainsAny(line, "\u0085\u2028\u2029") && mark.Match(line)
	}
	switch {
	case starts(`"_postman_id":`):
		return Collection, true
	case starts(`"collection":`), starts(`{"collection":`):
		return APIAnswer, true
	case matches("openapi", openAPIMark):
		return OpenAPI, true
	case matches("swagger", swaggerMark):
		return Swagger, true
	case starts("<?xml"):
		return SoapUI, true
	case b.harByLogLine && (starts(`"log":`) || starts(`{"log":`)):
		return HTTPArchive, true
	case matches("asyncapi", asyncAPI2Mark), b.asyncAPI3 && matches("asyncapi", asyncAPI3Mark):
		return AsyncAPI, true
	case starts(`syntax = "proto3";`), starts(`syntax="proto3";`):
		return Protobuf, true
	case holds("kind: APIMetadata"), b.apiExamples && holds("kind: APIExamples"):
		return Metadata, true
	case holds("type Query {"), holds("type Mutation {"),
		b.strictMicrocksID && starts("# microcksId:"),
		!b.strictMicrocksID && holds("microcksId:"):
		return GraphQL, true
	}
	return 0, false
}
