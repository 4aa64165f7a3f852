// Package resolve turns what was said into wanted importers: each carries
// everything that can differ between them.
package resolve

import (
	"cmp"
	"context"
	"maps"
	"strings"

	"postman-microcks-importer/internal/config"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// Importers are the importers that a run wants, in the order in which they were
// named; those of the files that a pattern finds, or a resources file lists, and those of
// the collections in a workspace stand in its place. What a pattern finds is also told one
// by one, and what of it, or of a workspace, is passed over is a note. An entry with
// nothing to read is a wanted importer with a Fault.
func Importers(ctx context.Context, said *config.Run, files Files, spaces Workspaces,
) (wanted []*plan.Wanted, notes []result.Problem, err error) {
	s := search{Files: files, taken: map[string]bool{}}
	for _, i := range said.Importers {
		if i.File != "" { // named wins over found
			s.taken[i.File] = true
		}
	}
	l := listings{search: &s, said: said, spaces: spaces, taken: map[string]string{}, own: map[string]owned{}}
	for n := range said.Importers {
		i := &said.Importers[n]
		find := func() ([]file, error) { return s.find(ctx, i.Pattern) }
		switch {
		case i.Workspace != "" && !i.Skipped:
			l.entries = append(l.entries, entry{at: len(wanted), of: i}) // after all that is named by itself
			continue
		case i.Resources != "":
			find = func() ([]file, error) { return s.listed(ctx, i.Resources) }
		case i.Pattern == "":
			w := importer(said, i)
			wanted = append(wanted, w)
			if i.Ref != nil && i.Own != nil {
				l.own[strings.ToLower(w.UID)] = owned{w, i}
			}
			continue
		}
		found, err := find()
		switch {
		case ctx.Err() != nil:
			return nil, nil, context.Cause(ctx)
		case err != nil:
			w := importer(said, i)
			w.Fault = err
			wanted = append(wanted, w)
		}
		for _, f := range found {
			file := *i
			file.Source, file.File, file.Labels = f.name, f.name, maps.Clone(i.Labels)
			w := importer(said, &file)
			if w.Fault, w.Paired = f.fault, f.uid; w.Paired != "" && said.Postman.APIKey != "" && said.Trigger.Trusted {
				w.PairedAt = origin(said, &postman.Ref{})
			}
			wanted = append(wanted, w)
		}
	}
	s.unpair(wanted)
	wanted, err = l.into(ctx, wanted)
	if err != nil {
		return nil, nil, err
	}
	return wanted, append(s.notes, withheld(said)...), nil
}

// withheld tells, in one note, what is not read since GitHub withholds what that needs,
// or nobody gave it.
func withheld(said *config.Run) []result.Problem {
	collections, workspaces := 0, 0
	var names []string
	for _, i := range said.Importers {
		if i.Skipped {
			names = append(names, i.Source)
		}
		switch {
		case i.Skipped && i.Workspace != "":
			workspaces++
		case i.Skipped:
			collections++
		}
	}
	what := text.Plural(collections, "collection")
	switch {
	case collections+workspaces == 0:
		return nil
	case collections == 0:
		what = text.Plural(workspaces, "workspace")
	case workspaces > 0:
		what += " and " + text.Plural(workspaces, "workspace")
	}
	few := text.Few(names, ", ", mostNamed)
	switch {
	case said.NoSecrets != "" || said.Manifest.Path == "":
	case said.Postman.APIKey == "":
		return []result.Problem{{
			Level: result.Note, Anchor: "not-judged",
			Text: text.Untrustedf("%s of the manifest not judged, since no Postman API key is given: %s", what, few),
			Hint: "give postman-api-key to judge these, too; what the repository holds is judged all the same",
		}}
	default:
		return []result.Problem{{
			Level: result.Note, Anchor: "not-judged",
			Text: text.Untrustedf("%s of the manifest not read, since anybody can have caused this event, and changed the manifest: %s", what, few),
			Hint: "list these in the workflow's `collections`, or run on an event that needs the right to push; with" +
				" `allow: untrusted-event` they are read all the same",
		}}
	}
	return []result.Problem{{
		Level: result.Note, Anchor: "no-secrets",
		Text: text.Untrustedf("%s of Postman skipped: %s", what, said.NoSecrets.Reason()),
		Hint: "nothing has to be done: what the repository holds is judged all the same, and a pull request from a branch of this" +
			" repository plans the rest",
	}}
}

func importer(said *config.Run, i *config.Importer) *plan.Wanted {
	w := &plan.Wanted{
		Source: text.Untrusted(i.Source), File: i.File, Skipped: i.Skipped, Delivery: plan.Delivery(i.Delivery),
		Name: i.Name, MainArtifact: i.Main, Active: i.Active, Labels: i.Labels,
		Import: plan.ImportPolicy(said.Import), Verify: plan.VerifyScope(cmp.Or(i.Verify, said.Verify)),
		TakeOver: said.Allows(config.AllowTakeOver), ReplaceService: said.Allows(config.AllowReplaceService),
		ServiceVersion: i.ServiceVersion, Workspace: text.Untrusted(i.Workspace),
	}
	if !w.Uploads() {
		w.Secret = plan.WantedSecret{
			Name: said.Secret.Name, Explicit: said.Secret.Explicit, Replace: said.Allows(config.AllowReplaceSecret),
			Token: plan.NewToken(said.Postman.APIKey.Reveal()),
		}
	}
	if i.Ref != nil {
		w.UID, w.Origin = i.Ref.UID, origin(said, i.Ref)
		if said.ByAccessKey(i) {
			w.Origin, w.AccessKey = i.Ref.At(said.Postman.URL), i.Ref.AccessKey
		}
		w.URL = postman.CanonicalURL(w.Origin, w.UID)
	}
	return w
}

// origin is where a collection comes from: what `postman-api-url` says, else the
// EU region where a link names it, else the classic host.
func origin(said *config.Run, ref *postman.Ref) string {
	switch {
	case said.Postman.URL != "":
		return said.Postman.URL
	case ref.Host == postman.EUHost:
		return "https://" + ref.Host
	}
	return "https://" + postman.DefaultHost
}
