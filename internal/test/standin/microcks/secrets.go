package microcks

import (
	"io"
	"net/http"
)

// storedSecret is a secret's document.
type storedSecret struct {
	ID          *words `json:"id,omitempty"`
	Name        *words `json:"name,omitempty"`
	Description *words `json:"description,omitempty"`
	Username    *words `json:"username,omitempty"`
	Password    *words `json:"password,omitempty"`
	Token       *words `json:"token,omitempty"`
	TokenHeader *words `json:"tokenHeader,omitempty"`
	CACertPem   *words `json:"caCertPem,omitempty"`
}

func (s *storedSecret) key() *string     { return (*string)(s.ID) }
func (s *storedSecret) setKey(id string) { s.ID = ptr(words(id)) }
func (s *storedSecret) name() *words     { return s.Name }

// hidden is the secret without its values.
func (s *storedSecret) hidden() *storedSecret {
	return &storedSecret{ID: s.ID, Name: s.Name, Description: s.Description, TokenHeader: s.TokenHeader}
}

// secretEndpoint is the handlers under /api/secrets.
func (s *Server) secretEndpoint(n int, second string) map[string]handler {
	switch {
	case n == 1:
		return map[string]handler{"GET": s.listSecrets, "POST": s.createSecret}
	case n > 2:
		return nil
	}
	one := map[string]handler{"PUT": s.saveSecret, "DELETE": s.deleteSecret}
	switch {
	case second == "search":
		one["GET"] = s.searchSecrets
	case second == "count":
		one["GET"] = s.countSecrets
	case s.version.readsOneSecret():
		one["GET"] = s.getSecret
	}
	return one
}

// showSecrets leaves out what the caller may not see.
func showSecrets(secrets []*storedSecret, hide bool) []*storedSecret {
	shown := []*storedSecret{}
	for _, one := range secrets {
		if hide {
			one = one.hidden()
		}
		shown = append(shown, one)
	}
	return shown
}

// listSecrets knows no filter: ?name is not looked at.
func (s *Server) listSecrets(w http.ResponseWriter, r *http.Request, who caller, _ string) {
	from, size, bad := page(r)
	if bad != 0 {
		failed(w, r, bad)
		return
	}
	secrets := paged(all[storedSecret](s, &s.secrets), from, size, func(one *storedSecret) string { return wordsOrEmpty(one.Name) })
	send(w, http.StatusOK, showSecrets(secrets, s.version.hidesSecrets() && !who.has("admin")))
}

func (s *Server) searchSecrets(w http.ResponseWriter, r *http.Request, who caller, _ string) {
	if !r.URL.Query().Has("name") {
		failed(w, r, http.StatusBadRequest)
		return
	}
	secrets, err := found(all[storedSecret](s, &s.secrets), r.URL.Query().Get("name"), (*storedSecret).name)
	if err != nil {
		failed(w, r, http.StatusInternalServerError)
		return
	}
	send(w, http.StatusOK, showSecrets(secrets, s.version.hidesFoundSecrets() && !who.has("admin")))
}

func (s *Server) countSecrets(w http.ResponseWriter, _ *http.Request, _ caller, _ string) {
	send(w, http.StatusOK, map[string]int{"counter": len(all[storedSecret](s, &s.secrets))})
}

func (s *Server) getSecret(w http.ResponseWriter, _ *http.Request, who caller, id string) {
	one, ok := get[storedSecret](s, &s.secrets, id)
	if !ok {
		empty(w, http.StatusOK)
		return
	}
	send(w, http.StatusOK, showSecrets([]*storedSecret{one}, s.version.hidesSecrets() && !who.has("admin"))[0])
}

func (s *Server) createSecret(w http.ResponseWriter, r *http.Request, _ caller, _ string) {
	s.storeSecret(w, r, http.StatusCreated)
}

// saveSecret replaces the whole document; the id that counts is the body's,
// and a body without one makes another secret.
func (s *Server) saveSecret(w http.ResponseWriter, r *http.Request, _ caller, _ string) {
	s.storeSecret(w, r, http.StatusOK)
}

func (s *Server) storeSecret(w http.ResponseWriter, r *http.Request, status int) {
	body, err := io.ReadAll(r.Body)
	one := &storedSecret{}
	if err != nil || decodeObject(body, one) != nil {
		failed(w, r, http.StatusBadRequest)
		return
	}
	send(w, status, put(s, &s.secrets, one))
}

func (s *Server) deleteSecret(w http.ResponseWriter, _ *http.Request, _ caller, id string) {
	remove(s, &s.secrets, id)
	empty(w, http.StatusOK)
}
