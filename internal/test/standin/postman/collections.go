package postman

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// uidPattern is the shape of a uid: the owner's id, a dash, a UUID.
var uidPattern = regexp.MustCompile(`(?i)^[0-9A-Z]+-[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}$`)

// collection as stored.
type collection struct {
	fork bool // of another one
	uid  string
	name string
	body []byte
}

// AddCollection stores an exported collection, or one as the API serves it,
// under a uid, wrapped as [Wrap] does. An existing one is replaced.
func (s *Server) AddCollection(uid string, raw []byte) error {
	body, err := Wrap(raw)
	if err != nil {
		return fmt.Errorf("add collection %s: %w", uid, err)
	}
	s.SetBody(uid, body)
	return nil
}

// SetBody serves these very bytes under a uid, JSON or not.
func (s *Server) SetBody(uid string, body []byte) {
	var named struct {
		Collection struct{ Info struct{ Name string } }
	}
	_ = json.Unmarshal(body, &named) // no name in the listings then
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.collections[uid] == nil {
		s.order = append(s.order, uid)
	}
	s.collections[uid] = &collection{uid: uid, name: named.Collection.Info.Name, body: slices.Clone(body)}
}

// RemoveCollection makes a uid unknown.
func (s *Server) RemoveCollection(uid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.collections, uid)
	s.order = slices.DeleteFunc(s.order, func(o string) bool { return o == uid })
}

// Fork makes a collection that is stored a fork of another one.
func (s *Server) Fork(uid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.collections[uid].fork = true
}

// Hide has the listings lack a collection that its workspace names and counts, as a
// listing that is not complete does.
func (s *Server) Hide(uid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hidden[uid] = true
}

// AddAccessKey makes an access key that opens one collection without API key.
func (s *Server) AddAccessKey(uid, accessKey string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accessKeys[strings.ToUpper(accessKey)] = uid
}

func (s *Server) opens(accessKey, uid string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return accessKey != "" && s.accessKeys[strings.ToUpper(accessKey)] == uid
}

// getCollection answers GET /collections/{id}: by uid, or by the bare id when
// the collection belongs to the caller.
func (s *Server) getCollection(r *http.Request, id, user string) answer {
	s.mu.Lock()
	c := s.collections[id]
	if c == nil && user != "" && uidPattern.MatchString("0-"+id) {
		c = s.collections[user+"-"+id]
	}
	s.mu.Unlock()
	if c == nil {
		return rowAnswer("not-found")
	}
	if r.URL.Query().Get("model") == "minimal" {
		return minimal(c)
	}
	return answer{status: http.StatusOK, contentType: jsonType, body: c.body}
}

// minimal is the answer to ?model=minimal: the ids of what lies at the root.
func minimal(c *collection) answer {
	var full struct {
		Collection struct {
			Info json.RawMessage
			Item []struct {
				ID   string            `json:"id"`
				Item []json.RawMessage `json:"item"`
			}
		}
	}
	_ = json.Unmarshal(c.body, &full)
	requests, folders := []string{}, []string{}
	for _, item := range full.Collection.Item {
		if item.Item != nil {
			folders = append(folders, item.ID)
		} else {
			requests = append(requests, item.ID)
		}
	}
	type ids struct {
		ID       string   `json:"id"`
		Name     string   `json:"name"`
		UID      string   `json:"uid"`
		Requests []string `json:"rootLevelRequests"`
		Folders  []string `json:"rootLevelFolders"`
	}
	_, id, _ := strings.Cut(c.uid, "-")
	return ok(map[string]ids{"collection": {id, c.name, c.uid, requests, folders}})
}

type listed struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Owner     string    `json:"owner"`
	CreatedAt string    `json:"createdAt"`
	UpdatedAt string    `json:"updatedAt"`
	UID       string    `json:"uid"`
	IsPublic  bool      `json:"isPublic"`
	Fork      *forkInfo `json:"fork,omitempty"`
}

type forkInfo struct {
	Label     string `json:"label"`
	CreatedAt string `json:"createdAt"`
	From      string `json:"from"`
}

// listCollections answers GET /collections?workspace&name&limit&offset. A
// workspace that does not exist gives an empty list, not an error.
func (s *Server) listCollections(r *http.Request) answer {
	q := r.URL.Query()
	s.mu.Lock()
	defer s.mu.Unlock()
	uids := s.order
	if id := q.Get("workspace"); id != "" {
		uids = nil
		for _, w := range s.workspaces {
			if w.ID == id {
				uids = w.Collections
			}
		}
	}
	all := []listed{}
	total := 0
	for _, uid := range uids {
		c := s.collections[uid]
		if c != nil && s.hidden[uid] {
			total++
		}
		if c == nil || s.hidden[uid] || q.Has("name") && c.name != q.Get("name") {
			continue
		}
		owner, id, _ := strings.Cut(uid, "-")
		const when = "2024-01-01T00:00:00.000Z"
		one := listed{ID: id, Name: c.name, Owner: owner, CreatedAt: when, UpdatedAt: when, UID: uid}
		if c.fork {
			one.Fork = &forkInfo{"mine", when, "1-" + id}
		}
		all = append(all, one)
	}
	total += len(all)
	type meta struct {
		Total  int `json:"total"`
		Offset int `json:"offset"`
		Limit  int `json:"limit"`
	}
	if !q.Has("limit") && !q.Has("offset") {
		return ok(map[string]any{"collections": all})
	}
	limit, _ := strconv.Atoi(q.Get("limit"))
	offset, _ := strconv.Atoi(q.Get("offset"))
	if limit <= 0 {
		limit = 10
	}
	from := min(max(offset, 0), len(all))
	return ok(struct {
		Collections []listed `json:"collections"`
		Meta        meta     `json:"meta"`
	}{all[from:min(from+limit, len(all))], meta{total, offset, limit}})
}
