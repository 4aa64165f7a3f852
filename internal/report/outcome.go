package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// outcome is the run in one plain line, such as "Pet Store 1.0.0: importer
// created, 14 operations and 23 examples mocked". It holds untrusted names.
func outcome(r *result.Result) string {
	return join("; ", ofCollections(r), leftoversIn(r))
}

// ofCollections is the outcome without what is left over.
func ofCollections(r *result.Result) string {
	if r.Interrupted != nil {
		return interrupted(r)
	}
	failed := count(r, (*result.Collection).Failed)
	if cause := commonCause(r); cause != nil {
		return headline(r, cause, failed)
	}
	switch {
	case r.Exported != nil:
		return exported(r.Exported)
	case r.Status == result.Skipped && len(r.Collections) > 0:
		return "Skipped: nothing of it can be read here"
	case len(r.Collections) == 1 && (failed == 1 || r.Status != result.Failed):
		c := &r.Collections[0]
		if failed == 1 {
			return title(c) + ": " + failure(r, c)
		}
		return success(r, c)
	case failed > 0:
		line := fmt.Sprintf("%d of %s failed", failed, text.Plural(len(r.Collections), "collection"))
		if needed := needVersion(r); needed != "" {
			line = needed + "; " + line
		}
		if others := tally(r); others != "" {
			line += "; " + others
		}
		return line
	case len(r.Collections) == 1 && (r.Collections[0].Status == result.Planned || r.Collections[0].Status == result.Checked):
		return success(r, &r.Collections[0]) // what was found is what failed the run
	case r.Mode == result.Plan && len(r.Collections) > 1,
		r.Mode == result.Check && len(r.Collections) > 1 && count(r, hasStatus(result.Checked)) == len(r.Collections):
		return several(r)
	case r.Status == result.Skipped:
		return "Skipped: GitHub gives this run no secrets"
	case len(r.Collections) == 0:
		return "Nothing to do"
	}
	return several(r)
}

// exported says what was exported.
func exported(x *result.Exported) string {
	line := "Exported " + text.Plural(x.Entries, "importer")
	if x.File != "" {
		line += " into " + string(x.File)
	}
	if x.Comments > 0 {
		line += fmt.Sprintf("; %d more in comments", x.Comments)
	}
	if x.Others > 0 {
		line += fmt.Sprintf("; %d left out, which read something else than a collection in Postman", x.Others)
	}
	return line
}

// needVersion says that several collections give their services no version, which is
// what stops most teams first; "" where that is not so. One line of input gives it to
// all of them, unless others have versions that differ.
func needVersion(r *result.Result) string {
	n, given := 0, map[text.Untrusted]bool{}
	for i := range r.Collections {
		c := &r.Collections[i]
		switch {
		case slices.ContainsFunc(c.Findings, func(f result.Finding) bool { return f.ID == versionMissing }):
			n++
		case c.Service != nil:
			given[c.Service.Version] = true
		}
	}
	switch {
	case n < 2:
		return ""
	case len(given) > 1:
		return text.Plural(n, "collection") + " need a version: edit them in Postman"
	}
	return text.Plural(n, "collection") + " need a version: one line of input (`service-version`), or edit them in Postman"
}

// versionMissing is the rule that finds a collection without a version.
const versionMissing = "PMI001"

// commonCause is the one problem by which a run failed, or every collection that
// did; nil when they have their own. What is of the whole run comes first, unless
// it has judged or done something all the same.
func commonCause(r *result.Result) *result.Problem {
	var cause *result.Problem
	if i := slices.IndexFunc(r.Problems, isError); i >= 0 {
		cause = &r.Problems[i]
	}
	ofRun := cause != nil
	for i := range r.Collections {
		c := &r.Collections[i]
		k := slices.IndexFunc(c.Problems, isError)
		switch {
		case ofRun && (k >= 0 || !c.Failed()):
			return nil
		case !ofRun && k >= 0 && cause == nil:
			cause = &c.Problems[k]
		}
		if c.Failed() && (cause == nil || !onlyBy(c, cause)) {
			return nil
		}
	}
	if cause != nil && !ofRun && cause.Headline == "" {
		return nil
	}
	return cause
}

func isError(p result.Problem) bool { return p.Level == result.Error }

// onlyBy reports whether a collection has no error but one that others share.
func onlyBy(c *result.Collection, cause *result.Problem) bool {
	return counts(c.Findings).errors == 0 && !slices.ContainsFunc(c.Problems, func(p result.Problem) bool { return isError(p) && p != *cause })
}

// mostOfCause is how much of a problem's text stands in one line, in characters.
const mostOfCause = 150

// headline is what ended a run, or failed its collections, and what that left.
func headline(r *result.Result, cause *result.Problem, failed int) string {
	line := string(text.Cut(cause.Text, mostOfCause))
	if cause.Headline != "" {
		line = capital(string(cause.Headline))
	}
	if failed < len(r.Collections) {
		line += fmt.Sprintf(": %d of %s failed", failed, text.Plural(len(r.Collections), "collection"))
		if others := tally(r); others != "" {
			line += "; " + others
		}
	}
	switch {
	case !r.Mode.Writes():
		return line
	case r.Written:
		return line + ", after this run had written to Microcks"
	}
	return line + ", nothing was written to Microcks"
}

// capital begins a text with a capital letter.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if first == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}

func interrupted(r *result.Result) string {
	done := count(r, func(c *result.Collection) bool { return c.Status != "" && !c.Failed() })
	line := "Interrupted"
	switch {
	case len(r.Collections) > 1:
		line += fmt.Sprintf(" with %d of %s done", done, text.Plural(len(r.Collections), "collection"))
	case len(r.Collections) == 1:
		line += ": " + title(&r.Collections[0])
	}
	if r.Mode.Writes() && !r.Written {
		line += ", nothing was written to Microcks"
	}
	return line
}

// failure says how far a single collection came.
func failure(r *result.Result, c *result.Collection) string {
	bad := counts(c.Findings)
	switch {
	case r.Mode == result.Check && bad.errors > 0:
		return "Microcks cannot serve this collection, " + bad.String()
	case r.Mode == result.Check:
		return firstError(c) + bad.and()
	case r.Mode == result.Plan:
		return "the plan failed" + bad.and()
	case r.Mode == result.Remove:
		return "not removed"
	case c.Verified != nil && c.Verified.Mocks != nil && c.Verified.Mocks.Otherwise > 0:
		line := fmt.Sprintf("%d of %s answered otherwise than saved", c.Verified.Mocks.Otherwise, text.Plural(c.Verified.Mocks.Count(), "mock"))
		if c.Imported() {
			return "imported, but " + line
		}
		return line
	case c.Imported():
		return "imported, but not as it should be"
	case len(c.Done()) > 0:
		return "failed half-way"
	case r.Written: // the secret, or other collections
		return "not imported"
	}
	return "not imported, nothing was written"
}

// firstError is the first error of a collection that failed, cut for a line.
func firstError(c *result.Collection) string {
	if k := slices.IndexFunc(c.Problems, isError); k >= 0 {
		return string(text.Cut(c.Problems[k].Text, mostOfCause))
	}
	return "failed"
}

// success says what a single collection came to.
func success(r *result.Result, c *result.Collection) string {
	bad := counts(c.Findings)
	size := ""
	if c.Service != nil {
		size = text.Plural(c.Service.CountOperations(), "operation") + " and " + text.Plural(c.Service.Examples(), "example")
	}
	line := title(c) + ": "
	switch r.Mode {
	case result.Check:
		line += "Microcks" + serverVersion(r) + " can serve it"
		if size != "" {
			line += ", " + size
		}
	case result.Plan:
		switch {
		case c.Due(), r.SecretDue():
		case c.Drifts():
			return line + "Microcks serves something else, and `import` is never" + bad.and()
		default:
			return line + "nothing to do" + bad.and()
		}
		line = "Plan for " + line + join(", ", intents(r, c, intention.inLine)...)
		if n := c.BreakingCount(); n > 0 {
			line += ", " + text.Plural(n, "breaking change")
		}
	default:
		line += fateOf(r, c).inLine(c)
		switch {
		case r.Mode == result.Remove:
		case size != "" && c.Service.ID != "":
			line += ", " + size + " mocked"
		case size != "":
			line += ", not imported yet"
		}
	}
	return line + bad.and()
}

// several says what more than one collection came to.
func several(r *result.Result) string {
	all := text.Plural(len(r.Collections), "collection")
	size := text.Plural(r.Totals.Operations, "operation") + " and " + text.Plural(r.Totals.Examples, "example")
	bad := tallied{warnings: r.Totals.Warnings} // no collection failed: an error is of the run, and is told as one
	skipped := count(r, hasStatus(result.Skipped))
	switch {
	case r.Mode == result.Check && skipped > 0:
		return fmt.Sprintf("Microcks%s can serve %d of %s, %s; %d skipped%s",
			serverVersion(r), len(r.Collections)-skipped, all, size, skipped, bad.and())
	case r.Mode == result.Check:
		return "Microcks" + serverVersion(r) + " can serve all " + all + ", " + size + bad.and()
	case r.Mode == result.Plan:
		n := breakingOf(r)
		line := "Plan for " + all + ": " + tally(r)
		if n > 0 {
			line += "; " + text.Plural(n, "breaking change")
		}
		return line + bad.and()
	case r.Mode == result.Remove:
		return all + ": " + tally(r)
	case r.Status == result.Unchanged:
		return all + " unchanged, " + size + " mocked" + bad.and()
	}
	return all + ": " + tally(r) + "; " + size + " mocked" + bad.and()
}

// tallies are the states by which collections that did not fail are counted.
// The first that fits counts.
var tallies = []struct {
	word string
	is   func(*result.Collection) bool
}{
	{"created", hasStatus(result.Created)},
	{"updated", hasStatus(result.Updated)},
	{"removed", hasStatus(result.Removed)},
	{"to create", plans(result.Create)},
	{"to update", plans(result.Update)},
	{"to import again", func(c *result.Collection) bool {
		return c.Status == result.Planned && c.Way() != nil && c.Way().Import != nil
	}},
	{"checked", hasStatus(result.Checked)},
	{"not reached", hasStatus("")},
	{"skipped", hasStatus(result.Skipped)},
	{"unchanged", func(*result.Collection) bool { return true }},
}

func hasStatus(s result.Status) func(*result.Collection) bool {
	return func(c *result.Collection) bool { return c.Status == s }
}

func plans(change result.Change) func(*result.Collection) bool {
	return func(c *result.Collection) bool {
		return c.Status == result.Planned && c.Way() != nil && c.Way().Change == change
	}
}

// tally counts the collections that did not fail: "1 created, 2 unchanged".
func tally(r *result.Result) string {
	n := make([]int, len(tallies))
	for i := range r.Collections {
		c := &r.Collections[i]
		if c.Failed() {
			continue
		}
		for k, t := range tallies {
			if t.is(c) {
				n[k]++
				break
			}
		}
	}
	var parts []string
	for k, t := range tallies {
		if n[k] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[k], t.word))
		}
	}
	return strings.Join(parts, ", ")
}

// fate is what a run that writes did for a collection, in the words of a line
// about it and of a cell in the table, whose column says what it is about.
type fate struct{ line, cell string }

func (f fate) inLine(c *result.Collection) string {
	if n := c.Way(); c.Status == result.Removed && c.Importer != nil && n.Count(result.ServiceDeleted) > 0 {
		return f.line + ", with " + text.Plural(n.Count(result.ServiceDeleted), "service")
	}
	return f.line
}

func fateOf(r *result.Result, c *result.Collection) fate {
	i := c.Importer
	switch {
	case c.Status == result.Removed && i == nil && c.Upload.Did(result.UploadTakenBack):
		return fate{string(deeds[result.UploadTakenBack]), "taken back"}
	case c.Status == result.Removed && i == nil:
		return fate{"service removed", "removed"}
	case c.Status == result.Removed:
		return fate{"importer removed", "removed"}
	case r.Mode == result.Remove:
		return fate{"nothing to remove", "nothing to remove"}
	case c.Upload != nil:
		return fateOfUpload(c)
	case i == nil:
		return fate{string(c.Status), string(c.Status)}
	case c.Status == result.Created:
		return fate{"importer created", "created"}
	case i.Change == result.Update && i.Adopted:
		return fate{"importer adopted and updated", "updated"} // the importer's cell says that it is adopted
	case i.Change == result.Update && i.Imported:
		return fate{"importer updated, imported again", "updated, imported again"}
	case i.Change == result.Update:
		return fate{"importer updated", "updated"}
	case i.Imported:
		return fate{"imported again", "imported again"}
	case c.Status == result.Updated:
		for _, s := range r.DueSecrets() {
			if s.Done {
				secret := "secret " + verbs[s.Change].done
				return fate{secret, secret}
			}
		}
	}
	return fate{string(c.Status), string(c.Status)}
}

func fateOfUpload(c *result.Collection) fate {
	switch {
	case c.Status == result.Created, c.Imported():
		return fate{"uploaded", "uploaded"}
	}
	for _, kind := range []result.DoneKind{result.ImporterDeleted, result.ImporterDeactivated, result.ServiceLabelled} {
		if c.Upload.Did(kind) {
			return fate{string(deeds[kind]), string(deeds[kind])}
		}
	}
	return fate{string(c.Status), string(c.Status)}
}

// intention is one thing that a plan holds, in the words of a line and of a cell.
type intention struct{ line, cell string }

func (i intention) inLine() string { return i.line }
func (i intention) inCell() string { return i.cell }

// intents says what a plan holds for a collection, and for the secret when
// there is no other collection.
func intents(r *result.Result, c *result.Collection, words func(intention) string) []string {
	var all []string
	add := func(line, cell string) { all = append(all, words(intention{line, cell})) }
	if len(r.Collections) == 1 {
		for _, s := range r.DueSecrets() {
			add(verbs[s.Change].todo+" the secret", "")
		}
	}
	i := c.Way()
	switch {
	case i == nil:
		return all
	case c.Upload != nil:
		for _, intended := range []struct {
			is         bool
			line, cell string
		}{
			{i.Import != nil, "upload it", "upload"},
			{len(i.Fields) > 0 && i.Change == result.Update, "label the service", "label"},
			{len(c.Upload.Leaving) > 0, "delete the importer", "delete importer"},
			{len(c.Upload.Stopping) > 0, "deactivate the importer of others", "deactivate importer"},
		} {
			if intended.is {
				add(intended.line, intended.cell)
			}
		}
		return all
	}
	if i.Change != result.Keep && i.Change != "" {
		add(verbs[i.Change].todo+" the importer", verbs[i.Change].todo)
	}
	switch {
	case i.Import == nil:
	case i.Change == result.Create:
		add("import", "import")
	default:
		add("import again", "import again")
	}
	return all
}

// title is what a person calls the collection: the service's name and version
// where they are known.
func title(c *result.Collection) string {
	switch {
	case c.Importer != nil && c.Importer.Change == result.Delete:
		return string(c.Importer.Name)
	case c.Service != nil && c.Service.Name != "":
		service := strings.TrimSpace(string(c.Service.Name + " " + c.Service.Version))
		if c.File != "" { // several files can hold one API
			service += " (" + string(c.File) + ")"
		}
		return service
	}
	return string(collectionName(c))
}

func serverVersion(r *result.Result) string {
	switch {
	case r.Server != nil && r.Server.Version != "":
		return " " + r.Server.Version
	case r.MicrocksVersion != "":
		return " " + r.MicrocksVersion
	}
	return ""
}

func count(r *result.Result, is func(*result.Collection) bool) int {
	n := 0
	for i := range r.Collections {
		if is(&r.Collections[i]) {
			n++
		}
	}
	return n
}

// breakingOf is how many changes of a run break consumers.
func breakingOf(r *result.Result) (n int) {
	for i := range r.Collections {
		n += r.Collections[i].BreakingCount()
	}
	for i := range r.Gone {
		n += r.Gone[i].Consumers.Breaking
	}
	return n
}

// tallied are findings by level.
type tallied struct{ errors, warnings, notes int }

func counts(findings []result.Finding) tallied {
	var t tallied
	for _, f := range findings {
		switch f.Level {
		case result.Error:
			t.errors++
		case result.Warning:
			t.warnings++
		default:
			t.notes++
		}
	}
	return t
}

// String is "2 errors, 1 warning"; notes count only when there is nothing else.
func (t tallied) String() string {
	var parts []string
	if t.errors > 0 {
		parts = append(parts, text.Plural(t.errors, "error"))
	}
	if t.warnings > 0 {
		parts = append(parts, text.Plural(t.warnings, "warning"))
	}
	if len(parts) == 0 && t.notes > 0 {
		parts = append(parts, text.Plural(t.notes, "note"))
	}
	return strings.Join(parts, ", ")
}

// and continues a line with the errors and warnings, if any.
func (t tallied) and() string {
	if t.errors+t.warnings == 0 {
		return ""
	}
	return ", " + t.String()
}
