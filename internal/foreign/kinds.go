package foreign

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Next steps.
const (
	again      = "export the collection from Postman again (… > More > Export), or give its uid and let the Postman API serve it"
	byImporter = "Microcks imports this kind itself: upload it in Microcks (Importers > Upload), or by the action" +
		" microcks/import-github-action; this action takes Postman collections"
	intoPostman  = "import it into Postman, give the collection the description \"version=1.0 - …\", and export it from there, or give its uid"
	asCollection = "save the requests in Postman as a collection, with their answers as examples"
	inUTF8       = "save the file as UTF-8; PowerShell's > writes UTF-16: use `Out-File -Encoding utf8`"
	signIn       = "something answered with a page in the collection's place, such as a sign-in: open the address that the file came from," +
		" sign in, and download it again, or export the collection from Postman"
	one           = "give one collection: export each from Postman, or give its uid"
	fromZip       = "unpack it and give the collection in it; a backup of Postman holds one file for each collection"
	checkOut      = "check out with `lfs: true` (actions/checkout), or run `git lfs pull` before this step"
	solve         = "solve the conflict (git status names the files), and commit the result"
	gitTree       = "name the collection's folder, which has .resources/definition.yaml, in place of its files: postman/collections/*"
	fromBruno     = "export it in Bruno as a Postman collection, give it the description \"version=1.0 - …\", and give that file"
	noWSDL        = "Microcks does not import WSDL alone, but a SoapUI project; this action takes Postman collections"
	archive       = "Microcks imports one whose comment is `microcksId: NAME:VERSION` itself; this action takes Postman collections"
	noEnvironment = "give the collection that uses these variables; Microcks needs no environment, since it drops the host of every address"
	noReport      = "give the collection that was run, not what came of it"
	whole         = "take `model=minimal` from the address that it was downloaded from"
	format2       = "export it as Collection v2.1 from Postman, or give its uid: the Postman API serves format 2.1"
	asItSays      = "the answer says what is wrong: fix that, then download the collection again"
	outOfString   = "take it out of the string, such as by `jq -r .`"
	fixJSON       = "fix the JSON there, or export the collection from Postman again"
	notCut        = "get it again, and check that nothing on the way cuts it"
	noSchema      = "give the collection that the schema is about"
)

// own are the next steps with kinds that are what they are meant to be: the collection is
// another file, or there is none.
var own = []string{
	byImporter, intoPostman, asCollection, gitTree, fromBruno, noWSDL, archive, noEnvironment, noReport, noSchema,
}

// kind is one row: what a text is, what whoever gave it does next, and how it is told.
type kind struct {
	what, next string
	is         func(*look) bool
	detail     func(*look) string // what else is worth telling, such as a title; may be nil
}

// kinds are what other texts are, in order: the first that fits counts. Whoever wants to
// name another kind adds a row, and a case to the test.
var kinds = []kind{
	{"empty", again, func(l *look) bool { return len(l.raw) == 0 }, nil},
	{"nothing but white space", again, func(l *look) bool { return len(l.text) == 0 }, nil},

	// By the first bytes.
	{"compressed (gzip)", "unpack it first: gunzip", begins("\x1F\x8B"), nil},
	{"compressed (zstd)", "unpack it first: unzstd", begins("\x28\xB5\x2F\xFD"), nil},
	{"a zip archive", fromZip, begins("PK\x03\x04", "PK\x05\x06"), nil},
	{"a PDF", again, begins("%PDF-"), nil},
	{"a text in UTF-32", inUTF8, begins("\xFF\xFE\x00\x00", "\x00\x00\xFE\xFF", "{\x00\x00\x00", "\x00\x00\x00{"), nil},
	{"a text in UTF-16", inUTF8, begins("\xFF\xFE", "\xFE\xFF", "{\x00", "\x00{", "[\x00", "\x00["), nil},
	{"a binary file", again, func(l *look) bool { return bytes.IndexByte(l.head, 0) >= 0 }, nil},

	// What git leaves.
	{"the pointer of a file in Git LFS, not the file", checkOut, matches(`^version https://git-lfs\.github\.com/`), nil},
	{conflicted, solve, matches(`(?m)^[ \t]*<<<<<<< `), nil},

	// Markup.
	{"a SoapUI project", byImporter, xml("soapui-project"), nil},
	{"a JMeter test plan", asCollection, xml("jmeterTestPlan"), nil},
	{"a WSDL description", noWSDL, xml("definitions"), nil},
	{"an HTML page", signIn, matches(`(?is)^((<|<.*<)(!doctype html|html|head)|<(body|title))\b`), title},
	{"XML", again, matches(`^<`), nil},

	// Other texts.
	{"an OpenAPI description", byImporter, yaml("openapi", "3"), nil},
	{"a Swagger description", byImporter, yaml("swagger", ""), nil},
	{"an AsyncAPI description", byImporter, yaml("asyncapi", ""), nil},
	{"an export of Insomnia", intoPostman, yaml("type", `[a-z.]*insomnia`), nil},
	{"a part of a collection in Postman's git format", gitTree, yaml(`\$kind`, ""), nil},
	{"an OpenCollection file of Bruno", fromBruno, yaml("opencollection", ""), nil},
	{"a request of Bruno", fromBruno, matches(`(?m)^(meta|vars|auth|headers|params:query) \{\s*$`), nil},
	{"a protobuf description", byImporter, matches(`(?m)^\s*syntax\s*=\s*["']proto[23]["']`), nil},
	{"a curl command", asCollection, matches(`^(\$ )?curl\s`), nil},
	{"requests of an HTTP client's file", asCollection, matches(`(?m)^(GET|POST|PUT|PATCH|DELETE) (https?://|\{\{)`), nil},
	{"a GraphQL schema", byImporter, matches(`(?m)^(extend )?((type|interface|input|enum) \w+|schema)[^"\n]*\{|^scalar \w+`), nil},

	// JSON, by the names of its members.
	{"an OpenAPI description", byImporter, has("openapi"), nil},
	{"a Swagger description", byImporter, has("swagger"), nil},
	{"an AsyncAPI description", byImporter, has("asyncapi"), nil},
	{"an HTTP archive (HAR)", archive, has("log.entries"), nil},
	{"an export of Insomnia", intoPostman, either(says("_type", "export"), says("type", "insomnia")), nil},
	{"an OpenCollection file of Bruno", fromBruno, has("opencollection"), nil},
	{"an export of Bruno", fromBruno, either(has("brunoConfig"), has("items", "version")), nil},
	{"the settings of a Bruno collection (bruno.json)", fromBruno, both(says("type", "collection"), has("version", "name")), nil},
	{
		"an export of Thunder Client", intoPostman,
		either(says("clientName", "Thunder Client"), says("client", "Thunder Client"), has("colName"), has("_id", "colId")), nil,
	},
	{"Postman's global variables", noEnvironment, says("_postman_variable_scope", "globals"), nil},
	{"a Postman environment", noEnvironment, either(has("_postman_variable_scope"), has("name", "values"), has("environment.values")), nil},
	{"a report of Newman or of the Postman CLI", noReport, has("run"), nil},
	{"the results of a collection run", noReport, has("results", "totalPass"), nil},
	{
		"a data dump of Postman", one,
		either(has("collections", "environments"), has("collections", "headerPresets"), has("collections", "globals")), nil,
	},
	{"a list of collections", one, either(has("collections"), has("info", "item"), has("uid", "owner")), nil},
	{"what the Postman API tells of a workspace", one, either(has("workspace"), has("workspaces")), nil},
	{
		"the minimal model of a collection, which holds ids only", whole,
		either(has("collection.rootLevelRequests"), has("collection.rootLevelFolders"), has("rootLevelRequests"), has("rootLevelFolders")), nil,
	},
	{"an export of Hoppscotch", intoPostman, either(has("v", "folders"), has("v", "requests")), nil},
	{"an environment of Hoppscotch", noEnvironment, has("name", "variables"), nil},
	{
		"a Postman collection of format 1", format2,
		either(has("requests"), has("order"), has("collection.requests"), has("collection.order")), nil,
	},
	{"a part of a collection in Postman's git format", gitTree, either(has("$kind"), says("$schema", "/collection/v3")), nil},
	{"a JSON schema", noSchema, says("$schema", "json-schema.org"), nil},
	{
		// Of the two families that the Postman API has, and as gateways answer.
		"an error answer of an API", asItSays,
		either(has("error"), has("errors"), has("message"), has("title", "status"), has("title", "detail")), errorSays,
	},
	{"a collection inside a JSON string", outOfString, func(l *look) bool {
		return l.root == '"' && bytes.Contains(l.head, []byte(`\"info\"`))
	}, nil},
}

// breaks are what keeps a collection from being JSON.
var breaks = []kind{
	{conflicted, solve, func(l *look) bool { return l.broken() != nil && conflict.Match(l.raw) }, placeOfBreak},
	{notUTF8, inUTF8, func(l *look) bool { return !utf8.Valid(l.raw) }, nil},
	{"JSON with comments", fixJSON, breaksAt(func(m *mistake) bool { return m.at == '/' }), placeOfBreak},
	{"JSON with a comma before a closing bracket", fixJSON, breaksAt(func(m *mistake) bool {
		return m.before == ',' && (m.at == '}' || m.at == ']')
	}), placeOfBreak},
	{"JSON that was cut off", notCut, breaksAt(func(m *mistake) bool { return m.early }), placeOfBreak},
	{"several JSON documents one after another", one, breaksAt(func(m *mistake) bool {
		return m.behind && (m.at == '{' || m.at == '[')
	}), placeOfBreak},
	{"JSON with something else behind it", fixJSON, breaksAt(func(m *mistake) bool { return m.behind }), placeOfBreak},
	{"JavaScript, not JSON, in which names and texts have double quotes", fixJSON, breaksAt(func(m *mistake) bool {
		return strings.IndexByte("{,[:", m.before) >= 0 && (m.at == '\'' || letter(m.at))
	}), placeOfBreak},
	{"JSON with a mistake in it", fixJSON, breaksAt(func(*mistake) bool { return true }), placeOfBreak},
}

// rest is what is left, whatever it is.
var rest = []kind{
	{"not JSON", again, func(l *look) bool { return l.broken() != nil }, beginning},
	{"JSON without `info` and `item`", again, func(*look) bool { return true }, beginning},
}

const (
	conflicted = "a text with an unsolved merge conflict"
	notUTF8    = "a text in another encoding than UTF-8, such as Latin-1 or Windows-1252"
)

// Beyond is what JSON is that Microcks' parser refuses all the same.
const Beyond = "JSON beyond what Microcks reads: nested more than 1000 deep, or with a number of more than 1000 digits, or a name of " +
	"more than 50,000 characters or with half of a surrogate pair"

var conflict = regexp.MustCompile(`(?m)^[ \t]*(<<<<<<<|>>>>>>>) `)

// breaksAt looks at where what begins as JSON stops being it.
func breaksAt(fits func(*mistake) bool) func(*look) bool {
	return func(l *look) bool { return l.root != 0 && l.broken() != nil && fits(l.broken()) }
}

func letter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == '$' }

// begins looks at the very first bytes.
func begins(with ...string) func(*look) bool {
	return func(l *look) bool {
		return slices.ContainsFunc(with, func(w string) bool { return bytes.HasPrefix(l.raw, []byte(w)) })
	}
}

// matches looks at the beginning of a text that is no JSON.
func matches(pattern string) func(*look) bool {
	expression := regexp.MustCompile(pattern)
	return func(l *look) bool { return l.root == 0 && expression.Match(l.text) }
}

// yaml looks for a member of the root whose value begins so.
func yaml(name, value string) func(*look) bool {
	return matches(`(?m)^["']?` + name + `["']?\s*:\s*["']?` + value)
}

// xml looks for an element of that name, whatever its name space.
func xml(element string) func(*look) bool { return matches(`(?s)^(<|<.*<)(\w+:)?` + element + `\b`) }

func has(names ...string) func(*look) bool { return func(l *look) bool { return l.has(names...) } }

// says looks for a text in a member's value.
func says(name, value string) func(*look) bool {
	return func(l *look) bool { return strings.Contains(l.members[name], value) }
}

func either(of ...func(*look) bool) func(*look) bool {
	return func(l *look) bool { return slices.ContainsFunc(of, func(is func(*look) bool) bool { return is(l) }) }
}

func both(a, b func(*look) bool) func(*look) bool { return func(l *look) bool { return a(l) && b(l) } }
