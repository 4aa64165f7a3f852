package postman

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Workspace holds collections, by their uids.
type Workspace struct {
	ID          string
	Name        string
	Type        string // personal, team, private, public or partner; empty means team
	Collections []string
}

// AddWorkspace stores a workspace, in place of one with its id.
func (s *Server) AddWorkspace(w Workspace) {
	if w.Type == "" {
		w.Type = "team"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.workspaces = append(slices.DeleteFunc(slices.Clone(s.workspaces), func(old Workspace) bool { return old.ID == w.ID }), w)
}

type workspaceEntry struct {
	ID          string           `json:"id"`
	Name        string           `json:"name"`
	Type        string           `json:"type"`
	Visibility  string           `json:"visibility"`
	CreatedBy   string           `json:"createdBy"`
	Collections []collectionName `json:"collections,omitempty"`
}

type collectionName struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	UID  string `json:"uid"`
}

func (s *Server) entry(w Workspace) workspaceEntry {
	return workspaceEntry{ID: w.ID, Name: w.Name, Type: w.Type, Visibility: w.Type, CreatedBy: s.options.UserID}
}

// listWorkspaces answers GET /workspaces, with elementType=collection and
// elementId the one that holds that collection.
func (s *Server) listWorkspaces(r *http.Request) answer {
	q := r.URL.Query()
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []workspaceEntry{}
	for _, w := range s.workspaces {
		if q.Get("elementType") == "collection" && !slices.Contains(w.Collections, q.Get("elementId")) {
			continue
		}
		if t := q.Get("type"); t != "" && t != w.Type {
			continue
		}
		found = append(found, s.entry(w))
	}
	return ok(map[string]any{"workspaces": found, "meta": map[string]any{"nextCursor": nil}})
}

func (s *Server) getWorkspace(id string) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.workspaces {
		if w.ID != id {
			continue
		}
		e := s.entry(w)
		for _, uid := range w.Collections {
			_, bare, _ := strings.Cut(uid, "-")
			if c := s.collections[uid]; c != nil {
				e.Collections = append(e.Collections, collectionName{bare, c.name, uid})
			}
		}
		return ok(map[string]any{"workspace": e})
	}
	return rowAnswer("workspace-not-found")
}

// me answers GET /me: the account, and how much of its quota is used.
func (s *Server) me(user string) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	type operation struct {
		Name    string `json:"name"`
		Limit   int64  `json:"limit"`
		Usage   int64  `json:"usage"`
		Overage int64  `json:"overage"`
	}
	type account struct {
		ID       any    `json:"id"` // a number, as user ids are
		Username string `json:"username"`
		FullName string `json:"fullName"`
		TeamName string `json:"teamName"`
	}
	var id any = user
	if n, err := strconv.ParseInt(user, 10, 64); err == nil {
		id = n
	}
	operations := []operation{{"api_usage", s.options.MonthLimit, s.monthUsed, 0}}
	if s.options.Guest {
		operations = nil
	}
	return ok(struct {
		User       account     `json:"user"`
		Operations []operation `json:"operations,omitempty"`
	}{
		account{id, "ci", "Continuous Integration", "Stand-in"},
		operations,
	})
}
