package github

import (
	"bytes"
	"cmp"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
)

// object is one of git's.
type object struct {
	kind    string // "commit", "tree" or "blob"
	content []byte // of a blob
	entries []entry
	tree    string   // of a commit
	parents []string // of a commit
}

// entry of a tree.
type entry struct {
	name, mode, kind, id string
	size                 int
}

// Link is the content of a symbolic link that a commit can have.
type Link string

// Commit makes a commit with these files, by path, and returns its id. A value is the
// content, as a text, or a [Link].
func (s *Server) Commit(files map[string]any, parents ...string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	tree := s.tree(files)
	id := hash("commit", []byte(tree+strings.Join(parents, " ")))
	s.objects[id] = object{kind: "commit", tree: tree, parents: parents}
	return id
}

// tree makes the tree of files below a folder, and those below it.
func (s *Server) tree(files map[string]any) string {
	below := make(map[string]map[string]any)
	var entries []entry
	for at, content := range files {
		folder, rest, deeper := strings.Cut(at, "/")
		if deeper {
			if below[folder] == nil {
				below[folder] = make(map[string]any)
			}
			below[folder][rest] = content
			continue
		}
		e := entry{name: at, mode: "100644", kind: "blob"}
		text, isText := content.(string)
		if link, isLink := content.(Link); isLink {
			text, e.mode = string(link), "120000"
		} else if !isText {
			panic(fmt.Sprintf("%s is %T", at, content))
		}
		e.id, e.size = hash("blob", []byte(text)), len(text)
		s.objects[e.id] = object{kind: "blob", content: []byte(text)}
		entries = append(entries, e)
	}
	for folder, files := range below {
		entries = append(entries, entry{name: folder, mode: "040000", kind: "tree", id: s.tree(files)})
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.sortedBy(), b.sortedBy()) })
	var raw bytes.Buffer
	for _, e := range entries {
		id, _ := hex.DecodeString(e.id) // of this package
		fmt.Fprintf(&raw, "%s %s\x00%s", strings.TrimPrefix(e.mode, "0"), e.name, id)
	}
	id := hash("tree", raw.Bytes())
	s.objects[id] = object{kind: "tree", entries: entries}
	return id
}

// sortedBy is what git sorts an entry by: a folder as if its name ended in a slash.
func (e entry) sortedBy() string {
	if e.kind == "tree" {
		return e.name + "/"
	}
	return e.name
}

func hash(kind string, content []byte) string {
	h := sha1.New()
	fmt.Fprintf(h, "%s %d\x00", kind, len(content))
	_, _ = h.Write(content)
	return hex.EncodeToString(h.Sum(nil))
}

// object answers for a commit, tree or blob.
func (s *Server) object(r *http.Request, kind, id string) answer {
	o, ok := s.objects[id]
	if !ok || o.kind+"s" != kind {
		return says(http.StatusNotFound, "Not Found")
	}
	switch o.kind {
	case "blob":
		if !strings.Contains(r.Header.Get("Accept"), ".raw") {
			return answer{status: http.StatusOK, body: map[string]any{
				"sha": id, "size": len(o.content), "encoding": "base64", "content": base64.StdEncoding.EncodeToString(o.content),
			}}
		}
		raw := http.Header{"Content-Type": {"application/vnd.github.v3.raw; charset=utf-8"}}
		return answer{status: http.StatusOK, body: o.content, header: raw}
	case "commit":
		parents := []any{}
		for _, parent := range o.parents {
			parents = append(parents, map[string]string{"sha": parent})
		}
		return answer{status: http.StatusOK, body: map[string]any{"sha": id, "tree": map[string]string{"sha": o.tree}, "parents": parents}}
	}
	all, most := []any{}, s.options.MostEntries
	s.list(o, "", r.URL.Query().Get("recursive") != "", most, &all)
	cut := len(all) > most
	return answer{status: http.StatusOK, body: map[string]any{"sha": id, "tree": all[:min(len(all), most)], "truncated": cut}}
}

// list shows the entries of a tree. It ends a little after it has too many.
func (s *Server) list(o object, at string, recursive bool, most int, into *[]any) {
	for _, e := range o.entries {
		shown := map[string]any{"path": path.Join(at, e.name), "mode": e.mode, "type": e.kind, "sha": e.id}
		if e.kind == "blob" {
			shown["size"] = e.size
		}
		*into = append(*into, shown)
		if len(*into) > most {
			return
		}
		if recursive && e.kind == "tree" {
			s.list(s.objects[e.id], path.Join(at, e.name), true, most, into)
		}
	}
}
