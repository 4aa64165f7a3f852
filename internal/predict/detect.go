package predict

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/java"
)

// importer is the server's reader that an input is given to.
type importer int

const (
	collectionImporter importer = iota // an export as Postman writes it
	wrappedImporter                    // an answer of Postman's API
	openAPIImporter
	swaggerImporter
	soapUIImporter
	harImporter
	asyncAPIImporter
	metadataImporter // Microcks' own descriptions
	graphQLImporter
	foreignImporter // protobuf and Microcks' own examples
)

// Marks that the server looks for in a line, whatever stands around them.
var (
	openAPIMark   = regexp.MustCompile(`openapi['"]?[ \t\n\v\f\r]*:[ \t\n\v\f\r]*['"]?[3.]`)
	swaggerMark   = regexp.MustCompile(`swagger['"]?[ \t\n\v\f\r]*:[ \t\n\v\f\r]*`)
	asyncAPI2Mark = regexp.MustCompile(`asyncapi['"]?[ \t\n\v\f\r]*:[ \t\n\v\f\r]*['"]?[2.]`)
	asyncAPI3Mark = regexp.MustCompile(`asyncapi['"]?[ \t\n\v\f\r]*:[ \t\n\v\f\r]*['"]?[3.]`)
)

// noYAML is what JSON may hold and the server's YAML reader refuses: a tab that
// indents, an escaped slash, control characters.
var noYAML = regexp.MustCompile(`[\n\r]\t|(?:^|[^\\])(?:\\\\)*\\/|[\x7F-\x{84}\x{86}-\x{9F}]`)

// detection is how the server takes an input.
type detection struct {
	importer importer
	lines    *java.Lines // where reading stands; the server reads one line more
	line     []byte      // the line that decided
}

// detect finds the importer as the server does: line by line, trimmed, the
// first mark wins. The error is that of reading the
// lines.
func detect(raw []byte, b behaviour) (d detection, err error) {
	d.lines = java.NewLines(raw)
	for {
		line, err := d.lines.Next()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return d, err
		}
		d.line = java.Trim(line)
		if found, ok := importerOf(d.line, b); ok {
			d.importer = found
			return d, nil
		}
	}
	d.line = nil
	d.importer = soapUIImporter
	if b.harFallback {
		d.importer = harImporter
	}
	return d, nil
}

func importerOf(line []byte, b behaviour) (importer, bool) {
	starts := func(mark string) bool { return bytes.HasPrefix(line, []byte(mark)) }
	holds := func(mark string) bool { return bytes.Contains(line, []byte(mark)) }
	// Java's "." stops at line ends that readLine does not know.
	matches := func(word string, mark *regexp.Regexp) bool {
		return holds(word) && !bytes.ContainsAny(line, "\u0085\u2028\u2029") && mark.Match(line)
	}
	switch {
	case starts(`"_postman_id":`):
		return collectionImporter, true
	case starts(`"collection":`), starts(`{"collection":`):
		return wrappedImporter, true
	case matches("openapi", openAPIMark):
		return openAPIImporter, true
	case matches("swagger", swaggerMark):
		return swaggerImporter, true
	case starts("<?xml"):
		return soapUIImporter, true
	case b.harByLogLine && (starts(`"log":`) || starts(`{"log":`)):
		return harImporter, true
	case matches("asyncapi", asyncAPI2Mark), b.asyncAPI3 && matches("asyncapi", asyncAPI3Mark):
		return asyncAPIImporter, true
	case starts(`syntax = "proto3";`), starts(`syntax="proto3";`):
		return foreignImporter, true
	case holds("kind: APIMetadata"), b.apiExamples && holds("kind: APIExamples"):
		return metadataImporter, true
	case holds("type Query {"), holds("type Mutation {"),
		b.strictMicrocksID && starts("# microcksId:"),
		!b.strictMicrocksID && holds("microcksId:"):
		return graphQLImporter, true
	}
	return 0, false
}

// Texts of lastImportError that do not depend on the input.
const (
	notV2            = "Only Postman v2 Collection are supported."
	notParsed        = "Postman collection file parsing error"
	wrappedNotParsed = "Postman workspace collection file parsing error"
	noVersion        = "Version property is missing in Collection description"
	noSoapUI         = "SoapUI project file parsing error"
	noHAR            = "HAR version is not supported. Currently supporting: [1.1, 1.2]"
	noHARComment     = "Expecting a comment in HAR log to specify Microcks service identifier"
	badHARComment    = "microcksId comment is malformed. Expecting 'microcksId: <API_name>:<API_version>'"
	noHARIdentity    = "No microcksId: comment found into GraphQL schema to get API name and version"
	noJSONSpec       = "JSON spec file parsing error"
	noMetadata       = "Mandatory metadata property is missing in APIMetadata"
	notMetadata      = "APIMetadata spec file parsing error"
	noGraphQL        = "GraphQL schema file parsing error"
)

// refuseForeign predicts what comes of an input that the server does not take
// for a collection.
func refuseForeign(raw []byte, d detection, b behaviour, p *Prediction) {
	p.Outcome = Refused
	switch d.importer {
	case soapUIImporter:
		p.ImportError = noSoapUI
		if wellFormed(raw) {
			p.Outcome, p.ImportError = Skipped, ""
			if bytes.Contains(raw, []byte("soapui")) {
				p.Outcome, p.ImportErrorUnknown = Refused, true // may be a real project
			}
		}
	case harImporter:
		refuseHAR(raw, b, p)
	case openAPIImporter, swaggerImporter, asyncAPIImporter:
		importSpec(raw, d, b, p)
	case metadataImporter:
		doc, err := jackson.Parse(raw, b.jackson)
		p.ImportError = noMetadata
		p.ImportErrorUnknown = err != nil || doc.Root().Has("metadata")
		if err == nil && noYAML.Match(raw) {
			p.ImportError, p.ImportErrorUnknown = notMetadata, false
		}
	case graphQLImporter:
		p.ImportError = noGraphQL
		p.ImportErrorUnknown = maybeGraphQL(raw)
	default:
		p.ImportErrorUnknown = true
	}
}

// refuseHAR is the HTTP archive reader: it wants a version, then a comment.
func refuseHAR(raw []byte, b behaviour, p *Prediction) {
	doc, err := jackson.Parse(raw, b.jackson)
	if bad, ok := errors.AsType[*jackson.SyntaxError](err); ok {
		p.ImportError = bad.Message()
		p.ImportErrorUnknown = b.harByLogLine // older parsers name other places
		return
	}
	log := doc.Root().At("log")
	switch version, comment := log.At("version").AsText(), log.At("comment").AsText(); {
	case version != "1.1" && version != "1.2":
		p.ImportError = noHAR
	case comment == "":
		p.ImportError = noHARComment
	default:
		readComment(comment, p)
		if p.Outcome == Imported && log.At("entries").Size() > 0 {
			p.Outcome, p.Service, p.ImportErrorUnknown = Refused, nil, true // a real HTTP archive
		}
	}
}

// readComment looks for the service's name and version in an HTTP archive's
// comment; the last ones count.
func readComment(comment string, p *Prediction) {
	p.ImportError = noHARIdentity
	for _, line := range strings.FieldsFunc(comment, func(r rune) bool { return r == '\n' || r == '\r' }) {
		id, found := strings.CutPrefix(java.Trim(line), "microcksId:")
		if !found {
			continue
		}
		parts := java.Split(id, ":")
		switch {
		case !strings.Contains(id, ":"):
			p.Outcome, p.ImportError = Refused, badHARComment
			return
		case len(parts) < 2:
			p.Outcome, p.ImportError, p.Cause = Crashed, "", outOfBounds(1, len(parts))
			return
		}
		p.Outcome, p.ImportError = Imported, ""
		p.Name, p.Version = java.Trim(parts[0]), java.Trim(parts[1])
	}
	if p.Outcome == Imported {
		p.Service = &Service{Name: p.Name, Version: p.Version, Type: "REST"}
	}
}

// importSpec is the reader for API descriptions: it finds title and version
// where a description has them, and imports a service that has neither.
func importSpec(raw []byte, d detection, b behaviour, p *Prediction) {
	doc, err := jackson.Parse(raw, b.jackson)
	first, _ := java.NewLines(raw).Next()
	first = java.Trim(first)
	if err != nil || !bytes.HasPrefix(first, []byte("{")) && !bytes.HasPrefix(first, []byte("[")) || !utf8.Valid(raw) {
		p.ImportErrorUnknown = err == nil || bytes.HasPrefix(first, []byte("---")) // may be YAML
		p.ImportError = noJSONSpec
		return
	}
	info := doc.Root().At("info")
	p.Outcome = Imported
	p.Name, p.Version = info.At("title").AsText(), info.At("version").AsText()
	p.Service = &Service{Name: p.Name, Version: p.Version, Type: "REST"}
	if d.importer == asyncAPIImporter {
		p.Service.Type = "EVENT"
	}
}

// maybeGraphQL says whether raw begins as a GraphQL document can: with a word, a
// text or a selection of fields. JSON and HTML do not.
func maybeGraphQL(raw []byte) bool {
	token := func() byte {
		for len(raw) > 0 {
			switch c := raw[0]; {
			case c == '#':
				if i := bytes.IndexAny(raw, "\r\n"); i >= 0 {
					raw = raw[i:]
				} else {
					raw = nil
				}
			case c == ' ', c == '\t', c == '\r', c == '\n', c == ',':
				raw = raw[1:]
			default:
				raw = raw[1:]
				return c
			}
		}
		return 0
	}
	switch c := token(); {
	case c == '{':
		c = token()
		return c != '"' && c != '{' && c != '}'
	case c == '"', c == '_', c >= 0x80, 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		return true
	}
	return false
}

// wellFormed says whether raw is XML from start to end.
func wellFormed(raw []byte) bool {
	switch trimmed := bytes.TrimSpace(raw); {
	case !bytes.HasPrefix(trimmed, []byte("<")):
		return false
	case bytes.HasPrefix(trimmed, []byte("<?xml")) && raw[0] != '<': // a declaration stands first
		return false
	}
	decoder := xml.NewDecoder(bytes.NewReader(raw))
	elements := 0
	for {
		switch token, err := decoder.Token(); {
		case errors.Is(err, io.EOF):
			return elements > 0
		case err != nil:
			return false
		default:
			if _, start := token.(xml.StartElement); start {
				elements++
			}
		}
	}
}
