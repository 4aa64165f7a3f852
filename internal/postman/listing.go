package postman

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"sort"
	"strconv"

	"postman-microcks-importer/internal/text"
	"postman-microcks-importer/internal/transport"
)

// Listed is a collection as a listing of its workspace names it.
type Listed struct {
	UID  string // owner-uuid, the UUID in lower case
	Name string
	Fork bool // of another collection
}

// Bounds of a listing.
const (
	// mostListed collections of a workspace are listed.
	mostListed = 10_000
	// A page has as many as Postman's own server for tools asks for at most.
	pageSize = 99
	// Bytes of an answer: of a page, and of a workspace, which names all that is in it.
	mostPage      = 4 << 20
	mostWorkspace = 16 << 20
	// mostName is how many characters of a name are kept.
	mostName = 500
)

// Listing is what a workspace holds: every collection once, by name and then by uid. It
// is complete: there are as many distinct uids as the listing says there are in all, and
// the workspace itself names the same ones. Where they differ, both are read once more,
// since somebody may have changed the workspace meanwhile.
//
// Errors are those of [Client.Collection], and a [*ListingError] for a workspace without a
// collection and for a listing that is not complete.
func (c *Client) Listing(ctx context.Context, workspace string) ([]Listed, error) {
	var all []Listed
	var wrong *ListingError
	for range 2 {
		named, err := c.workspace(ctx, workspace)
		if err != nil {
			return nil, err
		}
		all, wrong, err = c.pages(ctx, workspace)
		switch {
		case err != nil:
			return nil, err
		case wrong == nil:
			wrong = compare(workspace, named, all)
		}
		if wrong == nil {
			sort.Slice(all, func(i, k int) bool {
				if all[i].Name != all[k].Name {
					return all[i].Name < all[k].Name
				}
				return all[i].UID < all[k].UID
			})
			return all, nil
		}
		if wrong.final {
			break
		}
	}
	return nil, wrong
}

// workspace are the names of the collections that a workspace says it holds, by uid.
// A wrong id is an error here, while a listing by it is empty.
func (c *Client) workspace(ctx context.Context, id string) (named map[string]string, err error) {
	var answer struct {
		Workspace *struct {
			Collections []struct {
				UID  string      `json:"uid"`
				Name looseString `json:"name"`
			} `json:"collections"`
		} `json:"workspace"`
	}
	of := subject{"reading the workspace " + quotable(id), aWorkspace}
	is := func(body []byte) bool { return json.Unmarshal(body, &answer) == nil && answer.Workspace != nil }
	ctx = transport.WithBodyLimit(ctx, mostWorkspace)
	if _, err := c.get(ctx, c.http, of, "/workspaces/"+url.PathEscape(id), nil, func(*APIError) {}, is); err != nil {
		return nil, err
	}
	named = make(map[string]string, len(answer.Workspace.Collections))
	for _, one := range answer.Workspace.Collections {
		named[lowerUUID(one.UID)] = text.Cut(string(one.Name), mostName)
	}
	return named, nil
}

// pages are all pages of a listing. What is wrong with them is told beside.
func (c *Client) pages(ctx context.Context, workspace string) (all []Listed, wrong *ListingError, err error) {
	seen := map[string]bool{}
	total := 0
	for offset := 0; ; {
		p, err := c.page(ctx, workspace, offset)
		switch {
		case err != nil:
			return nil, nil, err
		case p.Meta == nil || p.Meta.Total == nil:
			return nil, incomplete(workspace, true, "Postman does not say how many there are in all"), nil
		}
		if total = *p.Meta.Total; total > mostListed {
			return nil, &ListingError{
				Workspace: workspace, final: true, code: 2, reason: fmt.Sprintf("it has %d collections, and a run takes at most %d", total, mostListed),
				hint: "move collections to other workspaces, or name those that are wanted",
			}, nil
		}
		before := len(all)
		for _, one := range p.Collections {
			uid := lowerUUID(one.UID)
			if !IsUID(uid) {
				return nil, incomplete(workspace, true, "one of the collections listed has no uid"), nil
			}
			if seen[uid] {
				continue
			}
			seen[uid] = true
			all = append(all, Listed{UID: uid, Name: text.Cut(string(one.Name), mostName), Fork: bytes.HasPrefix(one.Fork, []byte("{"))})
		}
		offset += len(p.Collections)
		if len(all) == before || offset >= total { // a page that brings nothing new is followed by no other
			break
		}
	}
	if len(all) != total {
		return nil, incomplete(workspace, false,
			fmt.Sprintf("Postman lists %s, and says that there are %d", text.Plural(len(all), "collection"), total)), nil
	}
	return all, nil, nil
}

// page of a listing.
type page struct {
	Collections []struct {
		UID  string          `json:"uid"`
		Name looseString     `json:"name"`
		Fork json.RawMessage `json:"fork"`
	} `json:"collections"`
	Meta *struct {
		Total *int `json:"total"`
	} `json:"meta"`
}

func (c *Client) page(ctx context.Context, workspace string, offset int) (*page, error) {
	query := url.Values{"workspace": {workspace}, "limit": {strconv.Itoa(pageSize)}, "offset": {strconv.Itoa(offset)}}
	of := subject{"listing the collections of the workspace " + quotable(workspace), aWorkspace}
	var p page
	is := func(body []byte) bool { return json.Unmarshal(body, &p) == nil && p.Collections != nil }
	if _, err := c.get(transport.WithBodyLimit(ctx, mostPage), c.http, of, "/collections", query, func(*APIError) {}, is); err != nil {
		return nil, err
	}
	return &p, nil
}

// compare tells in what a listing differs from what the workspace names; nil for in
// nothing.
func compare(workspace string, named map[string]string, all []Listed) *ListingError {
	if len(named) == 0 && len(all) == 0 {
		return &ListingError{
			Workspace: workspace, final: true, code: 13, reason: "it has no collection that the user of the key can see",
			hint: "compare the id with the one in the workspace's details in Postman, and check that the user of the key sees its collections",
		}
	}
	missing := maps.Clone(named)
	var more []string
	for _, one := range all {
		if _, known := named[one.UID]; !known {
			more = append(more, fmt.Sprintf("%q (%s)", quotable(one.Name), one.UID))
		}
		delete(missing, one.UID)
	}
	var lacking []string
	for _, uid := range slices.Sorted(maps.Keys(missing)) {
		lacking = append(lacking, fmt.Sprintf("%q (%s)", quotable(missing[uid]), quotable(uid)))
	}
	const few = 3
	switch {
	case len(lacking) > 0:
		return incomplete(workspace, false, fmt.Sprintf("the workspace names %s that its listing lacks: %s",
			text.Plural(len(lacking), "collection"), text.Few(lacking, ", ", few)))
	case len(more) > 0:
		return incomplete(workspace, false, fmt.Sprintf("its listing has %s that the workspace does not name: %s",
			text.Plural(len(more), "collection"), text.Few(more, ", ", few)))
	}
	return nil
}

// ListingError is a workspace that gives no complete listing.
type ListingError struct {
	Workspace    string
	reason, hint string
	code         int
	final        bool // another look changes nothing
}

func incomplete(workspace string, final bool, reason string) *ListingError {
	return &ListingError{
		Workspace: workspace, reason: "the listing is not complete: " + reason, final: final, code: 12,
		hint: "run again: somebody may be changing the workspace; if it stays so, name its collections one by one",
	}
}

func (e *ListingError) Error() string {
	return fmt.Sprintf("listing the collections of the workspace %s: %s", quotable(e.Workspace), e.reason)
}

// Hint is the next step for whoever runs this.
func (e *ListingError) Hint() string { return e.hint }

// Anchor is the place in docs/troubleshooting.md.
func (e *ListingError) Anchor() string { return "workspace-listing" }

// ExitCode is 13 for an empty one, 2 for one with too many, else 12: API error.
func (e *ListingError) ExitCode() int { return e.code }

// unlimited is what the account's limit is where it has none.
const unlimited = 99_999_999

// Me is what the account says of the month's calls, GET /me, which is a call itself. It
// is not known for guests and partners, who are not told, nor where there is no limit or
// more calls were made than it has: a plan can allow that, and only a refusal tells.
func (c *Client) Me(ctx context.Context) (Quota, error) {
	var answer struct {
		User       *json.RawMessage `json:"user"`
		Operations []struct {
			Name  looseString `json:"name"`
			Limit *int64      `json:"limit"`
			Usage *int64      `json:"usage"`
		} `json:"operations"`
	}
	of := subject{"asking Postman for the calls that are left", anAccount}
	is := func(body []byte) bool { return json.Unmarshal(body, &answer) == nil && answer.User != nil }
	if _, err := c.get(transport.WithBodyLimit(ctx, mostPage), c.http, of, "/me", nil, func(*APIError) {}, is); err != nil {
		return Quota{}, err
	}
	for _, o := range answer.Operations {
		if o.Name != "api_usage" || o.Limit == nil || o.Usage == nil || *o.Usage < 0 {
			continue
		}
		if limit := *o.Limit; limit > 0 && limit < unlimited && *o.Usage <= limit {
			return Quota{MonthRemaining: limit - *o.Usage, MonthLimit: limit, Known: true}, nil
		}
	}
	return Quota{}, nil
}
