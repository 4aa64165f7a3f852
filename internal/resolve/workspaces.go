package resolve

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"postman-microcks-importer/internal/config"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// Workspaces are where the collections of workspaces are listed.
type Workspaces interface {
	// Listing is all that a workspace holds, each collection once, by name and then by uid;
	// or an error.
	Listing(ctx context.Context, origin, workspace string) ([]postman.Listed, error)
}

// listings are the workspaces of a run.
type listings struct {
	*search
	said    *config.Run
	spaces  Workspaces
	entries []entry
	taken   map[string]string // by the uids of the run's collections: where each is named
	own     map[string]owned  // by the uids of those that an entry of a manifest names
}

// owned is a collection with an entry of its own.
type owned struct {
	wanted *plan.Wanted
	of     *config.Importer
}

// entry is a workspace that a run names, and its place among the wanted importers.
type entry struct {
	at int
	of *config.Importer
}

// into puts the importers of the workspaces among those of what is named by itself,
// which wins: its own entry says more of it.
func (l *listings) into(ctx context.Context, named []*plan.Wanted) ([]*plan.Wanted, error) {
	if l.spaces == nil || len(l.entries) == 0 {
		return named, nil
	}
	for _, w := range named {
		for _, uid := range []string{w.UID, w.Paired} {
			if uid != "" {
				l.taken[strings.ToLower(uid)] = "an entry of its own"
			}
		}
	}
	var all []*plan.Wanted
	done := 0
	for _, e := range l.entries {
		all = append(all, named[done:e.at]...)
		done = e.at
		found, err := l.of(ctx, e.of)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil {
			w := importer(l.said, e.of)
			w.Fault = err
			found = []*plan.Wanted{w}
		}
		all = append(all, found...)
	}
	return append(all, named[done:]...), nil
}

// of are the importers of one workspace.
func (l *listings) of(ctx context.Context, i *config.Importer) ([]*plan.Wanted, error) {
	listed, err := l.spaces.Listing(ctx, origin(l.said, &postman.Ref{}), i.Workspace)
	if err != nil {
		return nil, err
	}
	c := choice{include: patterns(i.Include), exclude: patterns(i.Exclude), forks: i.Forks}
	var found []*plan.Wanted
	for n := range listed {
		one := &listed[n]
		if ctx.Err() != nil { // many patterns on many names take long
			return nil, context.Cause(ctx)
		}
		if c.leaves(one) {
			if l.LeftOut != nil {
				l.LeftOut(one.UID)
			}
			continue
		}
		key := strings.ToLower(one.UID)
		if by, twice := l.taken[key]; twice {
			c.leave(&c.elsewhere, one, "named by "+by)
			l.inherit(key, i)
			continue
		}
		l.taken[key] = "the workspace " + i.Workspace
		collection := *i
		collection.Source, collection.Ref, collection.Labels = one.UID, &postman.Ref{UID: one.UID}, maps.Clone(i.Labels)
		w := importer(l.said, &collection)
		w.Title = text.Untrusted(one.Name)
		found = append(found, w)
	}
	l.tell(i, &c, len(listed), len(found))
	if len(found) == 0 && len(c.elsewhere) == 0 {
		return nil, noneLeft(i, &c, len(listed))
	}
	return found, nil
}

// inherit gives a collection with an entry of its own what that entry does not say, and
// its workspace's entry does. Of several workspaces the first counts.
func (l *listings) inherit(uid string, space *config.Importer) {
	o, has := l.own[uid]
	if !has || space.Own == nil {
		return
	}
	delete(l.own, uid)
	own := config.Over(*o.of.Own, *space.Own, func(field, counts, not string) {
		l.Found(fmt.Sprintf("manifest, %s: %s says %s, which counts, and not %s of the workspace in %s",
			field, o.of.Entry, counts, not, space.Entry))
	})
	all := config.Over(own, *space, func(string, string, string) {}) // told when the manifest was read
	all.Source, all.Ref = o.of.Source, o.of.Ref
	*o.wanted = *importer(l.said, &all)
}

// choice of collections among those that a workspace lists.
type choice struct {
	include, exclude []pattern
	forks            bool // are wanted

	left      []string // a line each: what is left out and why
	leftForks []string // names
	excluded  []string
	unmatched []string // by no pattern of include
	elsewhere []string
}

// pattern of names.
type pattern struct {
	text string
	met  bool // a name matched
}

func patterns(texts []string) []pattern {
	all := make([]pattern, len(texts))
	for i, t := range texts {
		all[i].text = t
	}
	return all
}

// leaves reports whether a collection is left out, and notes it. Each pattern is tried on
// every name, so that one that matches none can be told.
func (c *choice) leaves(one *postman.Listed) bool {
	included, excluded := meet(c.include, one.Name), meet(c.exclude, one.Name)
	switch {
	case excluded:
		c.leave(&c.excluded, one, "excluded")
	case len(c.include) > 0 && !included:
		c.leave(&c.unmatched, one, "not included")
	case one.Fork && !c.forks:
		c.leave(&c.leftForks, one, "a fork")
	default:
		return false
	}
	return true
}

func meet(patterns []pattern, name string) (any bool) {
	for i := range patterns {
		if p := &patterns[i]; text.MatchesName(p.text, name) {
			p.met, any = true, true
		}
	}
	return any
}

func (c *choice) leave(list *[]string, one *postman.Listed, why string) {
	*list = append(*list, one.Name)
	c.left = append(c.left, fmt.Sprintf("%q (%s): %s", one.Name, one.UID, why))
}

// tell says how many of a workspace's collections are taken, and which are left out.
func (l *listings) tell(i *config.Importer, c *choice, listed, taken int) {
	said := fmt.Sprintf("the workspace %s has %s, of which this run takes %d", i.Workspace, text.Plural(listed, "collection"), taken)
	l.Found(said)
	for _, line := range c.left {
		l.Found("left out of the workspace " + i.Workspace + ": " + line)
	}
	var parts []string
	for _, group := range []struct {
		why   string
		names []string
	}{
		{"fork", c.leftForks}, {"excluded", c.excluded}, {"not included", c.unmatched}, {"named elsewhere in this run", c.elsewhere},
	} {
		if len(group.names) > 0 {
			quoted := make([]string, len(group.names))
			for n, name := range group.names {
				quoted[n] = fmt.Sprintf("%q", text.Excerpt(name, 100))
			}
			count := fmt.Sprintf("%d %s", len(quoted), group.why)
			if group.why == "fork" {
				count = text.Plural(len(quoted), group.why)
			}
			parts = append(parts, fmt.Sprintf("%s (%s)", count, text.Few(quoted, ", ", mostNamed)))
		}
	}
	if len(parts) > 0 {
		l.notes = append(l.notes, result.Problem{
			Level: result.Note, Anchor: "workspace-left-out",
			Text: text.Untrustedf("%s; left out: %s", said, strings.Join(parts, ", ")),
			Hint: "nothing, if that is right; to have one of them, name it by itself",
		})
	}
	for _, group := range []struct {
		key      string
		patterns []pattern
	}{{"include", c.include}, {"exclude", c.exclude}} {
		for _, p := range group.patterns {
			if !p.met {
				l.notes = result.With(l.notes, result.Problem{
					Level: result.Warning, Anchor: "workspace-pattern",
					Text: text.Untrustedf("listing the workspace %s: the pattern %q of `%s` matches no name of a collection",
						i.Workspace, p.text, group.key),
					Hint: "correct or remove it: a pattern matches whole names, and tells large letters from small ones",
				})
			}
		}
	}
}

// noneLeft is a workspace of which nothing is taken.
func noneLeft(i *config.Importer, c *choice, listed int) error {
	return &result.Problem{
		Level: result.Error, Anchor: "workspace-left-out", ExitCode: 13,
		Text: text.Untrustedf("listing the workspace %s: of %s none is taken: %s", i.Workspace, text.Plural(listed, "collection"),
			text.Few(c.left, "; ", mostNamed)),
		Hint: "correct what includes and excludes, or name the collections one by one; forks are taken where that is said",
	}
}
