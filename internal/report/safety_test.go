package report

import (
	"bytes"
	"html"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	reader "github.com/yuin/goldmark/text"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// hostile strings break out of naive Markdown.
var hostile = []string{
	"Pet Store",
	"",
	" ",
	"\x00\x1b[31m\u0085\u2028\u2029",
	"a\n| forged | row |\n| --- | --- |\n",
	"a|b||c\\|d\\\\|e\\",
	"`code` ``more`` `",
	"`|`\\`|`",
	"`a``b```c``",
	"![image](https://evil.example/x.png) [link](javascript:alert(1)) [ref]: https://evil.example",
	"<img src=x onerror=alert(1)><script>alert(1)</script></summary></details><details open>",
	"</td></table>\n\n<h1>big</h1>\n\n# heading\n\n---\n\n- list\n\n```\nfence",
	"<!-- comment --> <?php ?> <![CDATA[x]]> <a href=\"https://evil.example\">",
	"@octocat @acme/admins user@example.com a@b",
	"http://evil.example https://evil.example/path?a=b#c ftp://evil.example www.evil.example WWW.EVIL.EXAMPLE",
	"(https://evil.example) *https://evil.example* _www.evil.example_ mailto:a@evil.example xmpp:a@evil.example",
	"#1 GH-12 gh-3 acme/shop#7 fixes #12, 1234567 deadbeefcafe 0123456789abcdef0123456789abcdef01234567",
	"&lt;b&gt; &amp; &#64;octocat &commat;octocat &#x40;a",
	"*bold* _it_ ~~gone~~ $x^2$ ==mark== [^1] [x] :tada: \\*",
	":octocat: :a:b:c: :+1::-1:", "> [!NOTE]\n> forged", "[^1]: note", "- [ ] task\n- [x] done",
	"acme/shop@0123456789abcdef0123456789abcdef01234567",
	"<details><summary>x</summary>\n\n", "<!-- postman-microcks-importer comment=v1 -->", "-->", "fixes acme/shop#1 closes GH-1",
	"1. one", "2) two", "- dash", "+ plus", "# hash", "> quote", "=== ", "    indented", "\ttab", "~~~",
	"\u202egnitirw\u202c \u2066iso\u2069 \u200b\ufeff\u00ad \U000e0041",
	"\xff\xfe broken \xc3",
	"`", "``", "|", "\\", "\\`", "`\\", "<", "&", "[", "]", "!", "*", "**", "_", "~", "$", "@", "#",
	"x`https://evil.example`y`", "https://a`b|c`d", "say `a b` `c`\\`d` http://x.example/|y|",
	"<https://evil.example> <a@evil.example>",
	"Übung ✓ 漢字 👩\u200d💻 می\u200cخواهم",
	strings.Repeat("long ", 400), strings.Repeat("`", 700), strings.Repeat("|", 700), strings.Repeat("\n", 50) + "x",
	strings.Repeat("@octocat #1 <b>|`[x](//evil.example)", 300), // over 10,000 characters
}

// FuzzPages puts strings into every place of summaries and comments.
func FuzzPages(f *testing.F) {
	for i, s := range hostile {
		// All variants come up, some with several strings.
		f.Add(s, "x", uint8(i))
		f.Add("x", s, uint8(i+5))
		f.Add(s, s, uint8(i+10))
	}
	f.Fuzz(func(t *testing.T, a, b string, v uint8) {
		y := "y"
		if a == b {
			y = "x"
		}
		harmless := pages(filled(variant(v), "x", y))
		for name, got := range pages(filled(variant(v), a, b)) {
			checkSafe(t, got)
			if !visible(a) || !visible(b) {
				continue // what vanishes leads to another wording
			}
			if d := cmp.Diff(shape(harmless[name]), shape(got)); d != "" {
				t.Errorf("%s of variant %d with %q and %q: blocks differ (-harmless +got):\n%s\n%s", name, v, a, b, d, got)
			}
		}
	})
}

// pages are what is written of a result in Markdown.
func pages(r *result.Result) map[string]string {
	return map[string]string{"summary": Summary(r, docs()), "comment": whole(Comment(r, docs(), blob))}
}

// variant of a result, in bits.
type variant uint8

// Bits of a variant. The lowest two are the mode.
const (
	withSeveral      variant = 4
	withInterruption variant = 8
	withReplay       variant = 16 // the requests of consumers were
	withLabel        variant = 32 // a label accepts what breaks

	variants = 64
)

func (v variant) has(bit variant) bool { return v&bit != 0 }

func (v variant) mode() result.Mode {
	return [...]result.Mode{result.Apply, result.Plan, result.Check, result.Remove}[v%4]
}

func visible(s string) bool {
	return strings.ContainsFunc(strings.ToValidUTF8(s, ""), func(c rune) bool { return unicode.IsGraphic(c) && !unicode.IsSpace(c) })
}

// filled is a result with a or b in every string that comes from outside.
func filled(v variant, a, b string) *result.Result {
	r := &result.Result{
		Status: result.Failed, Mode: v.mode(), Server: &result.Server{},
		Secrets:  []result.Secret{{Change: result.Update, Done: true, Fields: fields()}},
		Problems: []result.Problem{{Level: result.Error}},
	}
	statuses := []result.Status{result.Planned}
	if v.has(withSeveral) {
		statuses = []result.Status{result.Failed, result.Updated, result.Unchanged, result.Planned, ""}
	}
	for _, status := range statuses {
		r.Collections = append(r.Collections, result.Collection{
			Status: status,
			Importer: &result.Importer{
				Active: true, Adopted: true, Surplus: make([]result.NamedID, 1),
				Way: result.Way{Change: result.Update, Imported: true, Fields: fields(), Done: make([]result.Done, 2)},
			},
			Service: &result.Service{Operations: []result.Operation{
				{Examples: []result.Example{{Call: &result.Call{}}, {}}}, {},
			}},
			Difference: []result.Difference{{Kind: result.Vanishes, Breaking: true, Fields: make([]result.Part, 2)}, {Kind: result.Appears}},
			Findings: []result.Finding{
				{Level: result.Error, Path: make([]text.Untrusted, 2)},
				{Level: result.Warning, Path: make([]text.Untrusted, 3), Line: 3, New: true},
				{Level: result.Note, New: true},
			},
			Problems: []result.Problem{{Level: result.Error}, {Level: result.Note}},
			Verified: &result.Verification{Mocks: &result.Mocks{Operations: []result.MockedOperation{
				{Outcome: result.MockOtherwise, Differences: []result.AnswerDifference{
					{Aspect: result.AnswerHeader}, {Aspect: result.AnswerMediaType},
				}},
				{Outcome: result.MockOtherwise, Failure: "f"},
				{Outcome: result.MockProved, Call: &result.Call{}, AnsweredBy: make([]text.Untrusted, 2), NotCalled: make([]result.NotCalled, 1)},
				{Outcome: result.MockNotCalled, NotCalled: make([]result.NotCalled, 2)},
			}}},
		})
	}
	if v.has(withReplay) {
		for i := range r.Collections {
			r.Collections[i].Consumers = noticesOfAll(v.has(withLabel))
		}
		r.Gone = []result.Gone{{Consumers: noticesOfAll(v.has(withLabel))}}
		r.Gate = &result.Gate{Breaking: 2}
		if v.has(withLabel) {
			r.Gate.Accepted = 2
		}
	}
	r.Leftovers = leftoversOfAll()
	n := 0
	fill(reflect.ValueOf(r), func() string {
		n++
		if n%3 == 0 {
			return b
		}
		return a
	})
	// Which services are the same, and which addresses are the server's, does
	// not depend on the texts.
	r.Server.URL = server
	for i := range r.Collections {
		r.Collections[i].Service.Version = text.Untrusted(rune('a' + i))
		r.Collections[i].Importer.URL, r.Collections[i].Service.URL = server+"/"+a, server+"/#/"+b
		for j := range r.Collections[i].Problems {
			r.Collections[i].Problems[j].ExitCode = i
		}
	}
	if v.has(withInterruption) {
		r.Interrupted = &result.Interruption{Kind: result.Signaled, Cause: text.Untrusted(a)}
	}
	return r
}

// leftoversOfAll is a leftover of each kind, kept for every reason.
func leftoversOfAll() *result.Leftovers {
	l := &result.Leftovers{Owned: 20, Prune: true, Polls: result.Polls{Least: 1, Most: 2}, List: []result.Leftover{
		{
			Kind: result.LeftoverImporter, Decision: result.LeftoverToRemove, Polls: result.Polls{Least: 1, Most: 2},
			Services: []result.LeftService{{}, {Kept: result.KeptOther}},
		},
		{Kind: result.LeftoverService, Decision: result.LeftoverFailed, Done: make([]result.Done, 2)},
		{Kind: result.LeftoverService, Decision: result.LeftoverLeft}, {Kind: result.LeftoverService, Decision: result.LeftoverRemoved},
	}}
	for _, kept := range []result.KeptKind{
		result.KeptNotAsked, result.KeptHeld, result.KeptLater, result.KeptInPostman, result.KeptOtherURL, result.KeptPredicted,
		result.KeptFed, result.KeptOther, result.KeptElsewhere, result.KeptNoRemoving, result.KeptChanged,
	} {
		l.List = append(l.List, result.Leftover{Kind: result.LeftoverImporter, Decision: result.LeftoverKept, Kept: kept})
	}
	return l
}

// TestEveryReasonHasWords: what keeps a leftover is put into words, each in its own.
func TestEveryReasonHasWords(t *testing.T) {
	t.Parallel()
	said := map[text.Untrusted]bool{}
	for _, l := range leftoversOfAll().List {
		if words := leftoverFate(&l); said[words] || strings.HasSuffix(string(words), ": ") {
			t.Errorf("%s %s: %q", l.Decision, l.Kept, words)
		} else {
			said[words] = true
		}
	}
}

// noticesOfAll is a notice of each kind.
func noticesOfAll(accepted bool) *result.Consumers {
	differences := func() []result.NoticeDifference {
		return []result.NoticeDifference{
			{Aspect: result.AspectStatus, From: new(text.Untrusted), To: new(text.Untrusted), Breaking: true},
			{Aspect: result.AspectMember, From: new(text.Untrusted)}, {Aspect: result.AspectBody},
		}
	}
	return &result.Consumers{Against: result.AgainstBase, Replayed: 3, Breaking: 2, Notices: []result.Notice{
		{Kind: result.NoticeRemoved, Differences: differences(), Breaking: true, Accepted: accepted},
		{Kind: result.NoticeChanged, Differences: differences(), MoreDifferences: 2, Breaking: true, Accepted: accepted, Line: 7},
		{Kind: result.NoticeRenamed, Line: 7}, {Kind: result.NoticeAdded},
	}}
}

func fields() []result.FieldChange {
	return []result.FieldChange{
		{Field: result.FieldName, From: new(text.Untrusted), To: new(text.Untrusted)}, {Field: result.FieldLabel, To: new(text.Untrusted)},
	}
}

// fill sets every plain string below v that is empty; those with a type of
// their own are decided by the program.
func fill(v reflect.Value, next func() string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), next)
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), next)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), next)
		}
	case reflect.String:
		if v.CanSet() && (v.Type() == reflect.TypeFor[string]() || v.Type() == reflect.TypeFor[text.Untrusted]()) {
			v.SetString(next())
		}
	}
}

func parse(markdown string) (ast.Node, []byte) {
	source := []byte(markdown)
	md := goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote))
	return md.Parser().Parse(reader.NewReader(source)), source
}

// shape lists the blocks, and for tables the cells of each row.
func shape(markdown string) []string {
	root, _ := parse(markdown)
	var all []string
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering || n.Type() != ast.TypeBlock {
			return ast.WalkContinue, nil
		}
		switch n.Kind() {
		case ast.KindTextBlock, extast.KindTableCell:
		case extast.KindTableRow, extast.KindTableHeader:
			all = append(all, n.Kind().String()+strings.Repeat(" |", n.ChildCount()))
		default:
			all = append(all, n.Kind().String())
		}
		return ast.WalkContinue, nil
	})
	return all
}

var (
	plainHTML = regexp.MustCompile(`^(<details><summary>(?:[^<>]|<code>[\w.-]*</code>)*</summary>` +
		`(?:(?:[^<>]|<code>[\w.-]*</code>)*</details>)?|</details>)\n?$`)
	plainCode  = regexp.MustCompile(`<code>[\w.-]*</code>`)
	becomeLink = regexp.MustCompile(`@[\w-]|#\d|:[\w+-]*[a-zA-Z+-][\w+-]*:|(?i:gh-\d|www\.|https?://|ftp://)|[0-9a-fA-F]{7}`)
	trusted    = []string{server + "/", docsURL + "/", blob + "/"}
)

// checkSafe holds a summary against what GitHub could make of it.
func checkSafe(t *testing.T, markdown string) {
	t.Helper()
	if !utf8.ValidString(markdown) {
		t.Errorf("no UTF-8: %q", markdown)
	}
	for _, c := range markdown {
		switch {
		case c == '\n', c == '\u200b', c == '\u200c', c == '\u200d':
		case unicode.In(c, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			t.Errorf("character %U in %q", c, markdown)
		}
	}
	root, source := parse(markdown)
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Image, *ast.AutoLink, *extast.FootnoteLink, *extast.Strikethrough, *extast.TaskCheckBox:
			t.Errorf("%s in %s", n.Kind(), markdown)
		case *ast.Link:
			good := string(n.Destination) == server
			for _, prefix := range trusted {
				good = good || strings.HasPrefix(string(n.Destination), prefix)
			}
			if !good || len(n.Title) > 0 {
				t.Errorf("link to %q in %s", n.Destination, markdown)
			}
		case *ast.RawHTML:
			if got := string(n.Segments.Value(source)); got != "<br>" {
				t.Errorf("HTML %q in %s", got, markdown)
			}
		case *ast.HTMLBlock:
			if got := string(n.Lines().Value(source)); !plainHTML.MatchString(got) {
				t.Errorf("HTML %q in %s", got, markdown)
			}
			checkWords(t, []byte(unescaped(plainCode.ReplaceAll(n.Lines().Value(source), []byte(" ")))), markdown)
		case *ast.CodeSpan:
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				if s := c.(*ast.Text).Segment.Value(source); regexp.MustCompile(`@[\w-]`).Match(s) {
					t.Errorf("mention in code %q", s)
				}
			}
			return ast.WalkSkipChildren, nil
		case *ast.Paragraph, *ast.TextBlock, *ast.Heading, *extast.TableCell:
			checkWords(t, words(n, source), markdown)
		}
		return ast.WalkContinue, nil
	})
}

// checkWords finds what GitHub makes a link of after rendering.
func checkWords(t *testing.T, shown []byte, markdown string) {
	t.Helper()
	if m := becomeLink.Find(shown); m != nil {
		t.Errorf("%q becomes a link in %q of\n%s", m, shown, markdown)
	}
}

// words is the text of a block as shown, code left out.
func words(n ast.Node, source []byte) []byte {
	var b bytes.Buffer
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			b.WriteString(unescaped(c.Segment.Value(source)))
		case *ast.String:
			b.WriteString(unescaped(c.Value))
		case *ast.CodeSpan, *ast.RawHTML:
			b.WriteString(" ")
		default:
			if c.Type() == ast.TypeInline {
				b.Write(words(c, source))
			}
		}
	}
	return b.Bytes()
}

func unescaped(b []byte) string {
	return html.UnescapeString(regexp.MustCompile(`\\([[:punct:]])`).ReplaceAllString(string(b), "$1"))
}

// TestGoldenPagesAreSafe looks at summaries and comments as the fuzz test does.
func TestGoldenPagesAreSafe(t *testing.T) {
	t.Parallel()
	for name, r := range cases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, page := range pages(r) {
				checkSafe(t, page)
			}
			checkSafe(t, Summary(r, Context{}))
			checkSafe(t, whole(Comment(r, Context{}, "")))
		})
	}
}
