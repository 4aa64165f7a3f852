package reconcile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path"
	"strings"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/foreign"
	"postman-microcks-importer/internal/gitformat"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/predict"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// form is how the document that reaches Microcks is made of what was read.
type form struct {
	kind    formKind
	version string           // that an upload gives it; "" is none
	folder  *delivery.Folder // that was read; nil for what is one text
}

type formKind int

const (
	asItIs   formKind = iota // the answer of the Postman API, which an importer pulls
	asServed                 // a file, as that API would serve it
	asSent                   // an upload
)

// form of the collection's document, with the version that an upload gives it; "" is
// none.
func (it *item) form(version string) form {
	switch {
	case it.Uploads():
		return form{kind: asSent, version: version}
	case it.Wanted.File != "":
		return form{kind: asServed}
	}
	return form{}
}

func (f form) of(ctx context.Context, raw []byte) (*delivery.Document, error) {
	source := delivery.Source{Raw: raw, Folder: f.folder}
	return source.Make(budget.New(ctx), func(collection []byte) (*delivery.Document, error) {
		switch f.kind {
		case asServed:
			return delivery.ServedByPostman(budget.New(ctx), collection)
		case asSent:
			return delivery.Uploaded(budget.New(ctx), collection, f.version)
		}
		return delivery.AsIs(collection), nil
	})
}

// deliver is the document that Microcks would get of what was read.
func (it *item) deliver(ctx context.Context, raw []byte, f form) (*delivery.Document, error) {
	if f.kind == asItIs {
		return f.of(ctx, raw)
	}
	if kind, other := foreign.Of(raw); other && f.folder == nil {
		return nil, noCollection(kind)
	}
	from, err := f.of(ctx, raw)
	switch {
	case err == nil && f.kind == asServed:
		it.JudgedAs = result.AsServed
		return from, nil
	case err == nil:
		return from, nil
	case errors.Is(err, budget.ErrSpent):
		return nil, it.Unfit(&predict.Import{Prediction: predict.Prediction{Outcome: predict.Untold}, Err: err}, nil)[0]
	}
	if broken, ok := errors.AsType[*gitformat.BrokenError](err); ok {
		return nil, brokenFolder(f.folder.Path, broken)
	}
	if kind, broken := foreign.Broken(raw); broken {
		return nil, noCollection(kind)
	}
	return nil, noCollection(foreign.Kind{What: foreign.Beyond, Next: "look for what no person wrote, and take it out of the collection"})
}

// delivered is a collection, read as it reaches Microcks, with what is left of its
// budget.
type delivered struct {
	plan.Document
	form  form
	meter *budget.Meter
}

// readAsDelivered reads what was fetched as it reaches Microcks.
func (r *reconciliation) readAsDelivered(ctx context.Context, it *item, source delivery.Source, options predict.Options,
) (delivered, error) {
	d, err := it.read(ctx, source, it.form(""), options)
	if err != nil {
		return d, err
	}
	version, err := r.versionToGive(it, d.Document.Document)
	if err != nil || version == "" {
		return d, err
	}
	return it.read(ctx, source, it.form(version), options)
}

func (it *item) read(ctx context.Context, source delivery.Source, f form, options predict.Options) (delivered, error) {
	f.folder = source.Folder
	from, err := it.deliver(ctx, source.Raw, f)
	if err != nil {
		return delivered{}, err
	}
	meter := budget.New(ctx)
	return delivered{plan.Document{Document: predict.ReadWithin(meter, from.Raw, options), From: from}, f, meter}, nil
}

// noCollection says what a file is instead of a collection.
func noCollection(kind foreign.Kind) *result.Problem {
	return &result.Problem{
		Level: result.Error, Text: "reading the collection: the file is " + kind.What, Hint: text.Untrusted(kind.Next),
		Anchor: "no-collection", ExitCode: exitFailed, Line: kind.Line,
	}
}

// brokenFolder says which files of a folder make that it is no collection.
func brokenFolder(folder string, err *gitformat.BrokenError) *result.Problem {
	first, told := err.Faults[0], err.Faults[:min(mostBroken, len(err.Faults))]
	files := make([]string, len(told))
	for i, f := range told {
		files[i] = f.String()
	}
	said := text.Untrustedf("reading the collection: %s", strings.Join(files, "; "))
	if more := err.Count - len(told); more > 0 {
		said += text.Untrustedf("; and %s more", text.Plural(more, "file"))
	}
	return &result.Problem{
		Level: result.Error, Text: said, Hint: text.Untrusted(first.Next()), Anchor: "folder-broken", ExitCode: exitFailed,
		File: text.Untrusted(path.Join(folder, string(first.Position.File))), Line: first.Position.Line,
	}
}

// mostBroken files of a folder are told.
const mostBroken = 5

// versionToGive is the version that an upload gives a collection that has none of its
// own; "" where it gets none. A collection of Postman's for which nobody said how it
// gets to Microcks is uploaded then, since an importer cannot bring a version, unless
// it has an importer already.
func (r *reconciliation) versionToGive(it *item, document *predict.Document) (string, error) {
	switch {
	case document.Versioned || !document.Parsed() || it.ServiceVersion == "" || it.Wanted.Delivery == plan.ByImporter:
		return "", nil
	case it.Uploads():
		return it.ServiceVersion, nil
	}
	if r.Mode != result.Check {
		<-r.listing
		if err := r.lists.Wait(); err != nil {
			return "", err
		}
		if there := r.importers.Of(it.Wanted); len(there) > 0 {
			return "", &result.Problem{
				Level: result.Error,
				Text: text.Untrustedf("judging the collection: it gives no version, which an importer cannot bring, "+
					"and importer %q (%s) is there for it", there[0].Name, there[0].ID),
				Hint: "set `delivery: upload`, and this run uploads the collection with `service-version` and does away with the importer;" +
					" or begin the collection's description with \"version=1.0 - \"",
				Anchor: "version-needs-upload", ExitCode: exitFailed,
			}
		}
	}
	it.Wanted.Delivery = plan.ByUpload
	it.Tell(result.Note, "version-by-upload",
		"the collection gives no version, which an importer cannot bring: this run uploads it, with the version that `service-version` gives",
		"nothing, if that is right; set `delivery: upload` to say so, or begin the collection's description with \"version=1.0 - \"")
	return it.ServiceVersion, nil
}

// versionFrom is where the version of a collection comes from.
func versionFrom(d delivered) result.VersionSource {
	switch {
	case d.form.version != "":
		return result.FromInput
	case !d.Versioned:
		return ""
	case d.Root.At("info").Has("version"):
		return result.FromInfo
	}
	return result.FromDescription
}

// identify says by what the documents of uploads are known.
func identify(judged *plan.Judged, document *predict.Document) {
	digest := sha256.Sum256(document.Raw)
	judged.Digest, judged.Size = hex.EncodeToString(digest[:]), len(document.Raw)
	if id := document.Root.At("info").At("_postman_id").AsText(); id != delivery.NoID {
		judged.FileIdentity = id
	}
}

// tellApart gives files without an identity, or with that of another one, as a copy
// has, their paths.
func tellApart(judged []plan.Judged) {
	of := map[string]int{}
	for i := range judged {
		of[judged[i].FileIdentity]++
	}
	for i := range judged {
		if j := &judged[i]; of[j.FileIdentity] > 1 || j.FileIdentity == "" {
			j.FileIdentity += "\n" + j.File
		}
	}
}
