package microcks

import "strings"

// storedMetadata is the metadata of a job or a service.
type storedMetadata struct {
	CreatedOn   *millis `json:"createdOn,omitempty"`
	LastUpdate  *millis `json:"lastUpdate,omitempty"`
	Annotations textMap `json:"annotations,omitempty"`
	Labels      textMap `json:"labels,omitempty"`
}

// newMetadata is created and updated now.
func newMetadata() *storedMetadata {
	return &storedMetadata{CreatedOn: now(), LastUpdate: now()}
}

// storable reports whether the database takes the metadata: no key with a dot.
func (m *storedMetadata) storable() bool {
	if m == nil {
		return true
	}
	for _, entries := range []textMap{m.Labels, m.Annotations} {
		for k := range entries {
			if strings.Contains(k, ".") {
				return false
			}
		}
	}
	return true
}

// shownMetadata is the metadata as a server of this version shows it.
type shownMetadata struct {
	CreatedOn   *millis  `json:"createdOn,omitempty"`
	LastUpdate  *millis  `json:"lastUpdate,omitempty"`
	Annotations *textMap `json:"annotations,omitempty"`
	Labels      *textMap `json:"labels,omitempty"`
}

func (v version) show(m *storedMetadata) *shownMetadata {
	if m == nil {
		return nil
	}
	shown := &shownMetadata{CreatedOn: m.CreatedOn, LastUpdate: m.LastUpdate}
	for _, e := range []struct {
		from textMap
		to   **textMap
	}{{m.Annotations, &shown.Annotations}, {m.Labels, &shown.Labels}} {
		switch {
		case e.from != nil:
			*e.to = &e.from
		case v.showsEmptyMaps():
			*e.to = &textMap{}
		}
	}
	return shown
}
