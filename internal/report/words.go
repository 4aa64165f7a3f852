package report

import (
	"fmt"

	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// What happened is data until it comes here: each kind is put into words once.

// Deed says one thing that was done to Microcks.
func Deed(d result.Done) text.Untrusted {
	switch d.Kind {
	case result.ServiceDeleted:
		return text.Untrustedf("service %s %s deleted", d.Name, d.Version)
	case result.SecretCreated:
		return text.Untrustedf("secret %q created", d.Name)
	case result.SecretUpdated:
		return text.Untrustedf("secret %q updated", d.Name)
	}
	return deeds[d.Kind] + idOf(d)
}

var deeds = map[result.DoneKind]text.Untrusted{
	result.ImporterCreated:       "importer created",
	result.ImporterUpdated:       "importer updated",
	result.ImporterActivated:     "importer activated",
	result.ImporterDeactivated:   "importer deactivated",
	result.ImporterStopped:       "importer stopped, so that the server's scan does not run into it",
	result.ImporterDeleted:       "importer deleted",
	result.SurplusDeleted:        "duplicate importer deleted",
	result.DoubledServiceDeleted: "duplicate service deleted",
	result.CollectionImported:    "imported",
	result.CollectionUploaded:    "uploaded",
	result.UploadTakenBack:       "examples of an upload taken back",
	result.ImportRefused:         "import tried, and refused by Microcks",
	result.ServiceLabelled:       "service labelled",
	result.ImportInDoubt:         "an import was started: it may still be running, and puts the importer into the schedule",
	result.ChangeInDoubt:         "a change was sent, and its answer got lost",
	result.DeletionInDoubt:       "a deletion was sent, and its answer got lost",
}

// idOf names the object where a deed alone does not tell which one is meant.
func idOf(d result.Done) text.Untrusted {
	if d.ID == "" {
		return ""
	}
	return text.Untrusted(" (" + d.ID + ")")
}

// mostDeeds of a collection are told, far more than there are: only where somebody
// makes importers in thousands are there more to delete.
const mostDeeds = 30

// deedsOf lists all that was done for a collection; "" when nothing was.
func deedsOf(c *result.Collection) string {
	all := make([]string, len(c.Done()))
	for i, d := range c.Done() {
		all[i] = string(Deed(d))
	}
	return text.Few(all, "; ", mostDeeds)
}

// reason says why an import is due.
func reason(r *result.ImportReason) text.Untrusted {
	switch r.Kind {
	case result.LastImportFailed:
		return "the last import failed: " + r.LastError
	case result.ServesOther:
		return text.Untrustedf("%s between what Microcks serves and the collection", text.Plural(r.Differences, "difference"))
	}
	return reasons[r.Kind]
}

var reasons = map[result.ImportKind]text.Untrusted{
	result.ImporterIsNew:     "the importer is new",
	result.ImportAsked:       "`import` is always",
	result.ServiceTwice:      "the service exists twice",
	result.NotServed:         "Microcks does not serve it",
	result.ImporterChanges:   "the importer changes",
	result.ImporterNotBound:  "the importer is not bound to the service",
	result.ImportedAfterMain: "an artifact before it in the same service is imported",
}

// importing is the word for how a collection gets into Microcks.
func importing(c *result.Collection) string {
	if c.Upload != nil {
		return "upload"
	}
	return "import"
}

// objectOf is what changes on a collection's way, in a line.
func objectOf(c *result.Collection) string {
	if c.Upload != nil {
		return fmt.Sprintf("service \"%s\"", title(c))
	}
	return fmt.Sprintf("importer \"%s\"", c.Importer.Name)
}

// fieldName is a field as the table of changes calls it.
func fieldName(f result.FieldChange) text.Untrusted {
	switch f.Field {
	case result.FieldLabel:
		return "label " + f.Key
	case result.FieldServiceLabel:
		return "service label " + f.Key
	case result.FieldServiceAnnotation:
		return "service annotation " + f.Key
	}
	return text.Untrusted(f.Field)
}

// verb is a change in the form that a table's cell has: to do, and done.
type verb struct{ todo, done string }

var verbs = map[result.Change]verb{
	result.Create: {"create", "created"},
	result.Update: {"update", "updated"},
	result.Delete: {"delete", "deleted"},
	result.Keep:   {"unchanged", "unchanged"},
}

// flaws are why a saved answer does not come back as it is.
var flaws = map[result.MockFlaw]text.Untrusted{
	result.FlawStatus:     "Microcks knows no such status and answers 500",
	result.FlawMediaType:  "Microcks cannot send its Content-Type and answers 500",
	result.FlawValue:      "Microcks cannot send the value of a header and answers 500",
	result.FlawNameless:   "a header without a name makes Microcks answer 500",
	result.FlawHeaderName: "clients do not read the name of a header",
	result.FlawEncoding:   "its Content-Encoding says that the body is compressed, which it is not",
	result.FlawInterim:    "clients wait for another answer after this status",
	result.FlawLength:     "its Content-Length is not that of the body",
}

// callReasons are why no call shows an example.
var callReasons = map[result.CallReason]text.Untrusted{
	result.CallNoAddress:       "no address leads to the service, because of a character in its name or version",
	result.CallMethod:          "Microcks mocks no such method",
	result.CallProxy:           "it could be forwarded to a real backend",
	result.CallScript:          "it could run somebody's script",
	result.CallHeader:          "it takes a header that may be a credential",
	result.CallOtherDispatcher: "the operation has a dispatcher that no collection makes",
	result.CallNotKnown:        "it is not known what Microcks answers",
	result.CallTooMany:         "it has too many examples or parameters",
	result.CallTooLong:         "its address is too long",
	result.CallBroken:          "the name of an operation is no valid pattern and breaks the call",
	result.CallShadowed:        "another operation answers",
	result.CallUnreachable:     "no address leads to it",
	result.CallUnselected:      "no request selects it",
	result.CallUnanswered:      "clients wait for another answer after its status, which is 1xx",
	result.CallDelayed:         "its parameter `delay` makes Microcks wait",
	result.CallLeadsOut:        "its address would leave the mocks of the service",
}

// levels are each level in one word.
var levels = map[result.Level]string{result.Error: "error", result.Warning: "warning", result.Note: "note"}
