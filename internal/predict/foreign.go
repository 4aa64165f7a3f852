package predict

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/jackson"
	"postman-microcks-importer/internal/java"
)

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

// noYAML is what JSON may hold and the server's YAML reader refuses: a tab that
// indents, an escaped slash, control characters.
var noYAML = regexp.MustCompile(`[\n\r]\t|(?:^|[^\\])(?:\\\\)*\\/|[\x7F-\x{84}\x{86}-\x{9F}]`)

// refuseForeign predicts what comes of an input that the server does not take
// for a collection.
func refuseForeign(m *budget.Meter, raw []byte, f Format, b behaviour) Prediction {
	switch f {
	case SoapUI:
		return importSoapUI(m, raw)
	case HTTPArchive:
		return importHTTPArchive(m, raw, b)
	case OpenAPI, Swagger, AsyncAPI:
		return importSpec(m, raw, f, b)
	case Metadata:
		doc, err := jackson.ParseWithin(m, raw, b.jackson)
		if err == nil && noYAML.Match(raw) {
			return Prediction{Outcome: Refused, ImportError: notMetadata}
		}
		unknown := err != nil || doc.Root().Has("metadata")
		return Prediction{Outcome: Refused, ImportError: noMetadata, ImportErrorUnknown: unknown}
	case GraphQL:
		return Prediction{Outcome: Refused, ImportError: noGraphQL, ImportErrorUnknown: maybeGraphQL(raw)}
	}
	return Prediction{Outcome: Refused, ImportErrorUnknown: true}
}

func importSoapUI(m *budget.Meter, raw []byte) Prediction {
	switch {
	case !wellFormed(m, raw):
		return Prediction{Outcome: Refused, ImportError: noSoapUI}
	case bytes.Contains(raw, []byte("soapui")):
		return Prediction{Outcome: Refused, ImportErrorUnknown: true} // may be a real project
	}
	return Prediction{Outcome: Skipped}
}

// importHTTPArchive is the HTTP archive reader: it wants a version, then a
// comment.
func importHTTPArchive(m *budget.Meter, raw []byte, b behaviour) Prediction {
	doc, err := jackson.ParseWithin(m, raw, b.jackson)
	if bad, ok := errors.AsType[*jackson.SyntaxError](err); ok {
		// Older parsers name other places.
		return Prediction{Outcome: Refused, ImportError: bad.Message(), ImportErrorUnknown: b.harByLogLine}
	}
	log := doc.Root().At("log")
	switch version, comment := log.At("version").AsText(), log.At("comment").AsText(); {
	case version != "1.1" && version != "1.2":
		return Prediction{Outcome: Refused, ImportError: noHAR}
	case comment == "":
		return Prediction{Outcome: Refused, ImportError: noHARComment}
	default:
		p := readComment(comment)
		if p.Outcome == Imported && log.At("entries").Size() > 0 { // a real HTTP archive
			p.Outcome, p.Service, p.ImportErrorUnknown = Refused, nil, true
		}
		return p
	}
}

// readComment looks for the service's name and version in an HTTP archive's
// comment; the last ones count.
func readComment(comment string) Prediction {
	p := Prediction{Outcome: Refused, ImportError: noHARIdentity}
	for _, line := range strings.FieldsFunc(comment, func(r rune) bool { return r == '\n' || r == '\r' }) {
		id, found := strings.CutPrefix(java.Trim(line), "microcksId:")
		if !found {
			continue
		}
		parts := java.Split(id, ":")
		switch {
		case !strings.Contains(id, ":"):
			p.Outcome, p.ImportError = Refused, badHARComment
			return p
		case len(parts) < 2:
			p.Outcome, p.ImportError, p.Cause = Crashed, "", outOfBounds(VersionMissing, 1, len(parts))
			return p
		}
		p.Outcome, p.ImportError = Imported, ""
		p.Name, p.Version = java.Trim(parts[0]), java.Trim(parts[1])
	}
	if p.Outcome == Imported {
		p.Service = &Service{Name: p.Name, Version: p.Version, Type: "REST"}
	}
	return p
}

// importSpec is the reader for API descriptions: it finds title and version
// where a description has them, and imports a service that has neither.
func importSpec(m *budget.Meter, raw []byte, f Format, b behaviour) Prediction {
	doc, err := jackson.ParseWithin(m, raw, b.jackson)
	first, _ := java.NewLines(raw).Next()
	first = java.Trim(first)
	if err != nil || !bytes.HasPrefix(first, []byte("{")) && !bytes.HasPrefix(first, []byte("[")) || !utf8.Valid(raw) {
		maybeYAML := err == nil || bytes.HasPrefix(first, []byte("---"))
		return Prediction{Outcome: Refused, ImportError: noJSONSpec, ImportErrorUnknown: maybeYAML}
	}
	info := doc.Root().At("info")
	p := Prediction{Outcome: Imported, Name: info.At("title").AsText(), Version: info.At("version").AsText()}
	p.Service = &Service{Name: p.Name, Version: p.Version, Type: "REST"}
	if f == AsyncAPI {
		p.Service.Type = "EVENT"
	}
	return p
}

// maybeGraphQL reports whether raw begins as a GraphQL document can: with a word, a
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

// wellFormed reports whether raw is XML from start to end.
func wellFormed(m *budget.Meter, raw []byte) bool {
	switch trimmed := bytes.TrimSpace(raw); {
	case !bytes.HasPrefix(trimmed, []byte("<")):
		return false
	case bytes.HasPrefix(trimmed, []byte("<?xml")) && raw[0] != '<': // a declaration stands first
		return false
	}
	decoder := xml.NewDecoder(bytes.NewReader(raw))
	elements := 0
	for {
		const workOfToken, bytesOfToken = 100, 64
		m.Work(workOfToken)
		m.Memory(bytesOfToken) // all may be open
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
