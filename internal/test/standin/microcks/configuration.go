package microcks

import "net/http"

func (s *Server) health(w http.ResponseWriter, r *http.Request, _ caller, _ string) {
	s.mu.Lock()
	down := s.unhealthy > 0
	if down {
		s.unhealthy--
	}
	s.mu.Unlock()
	if down {
		failed(w, r, http.StatusServiceUnavailable)
		return
	}
	empty(w, http.StatusOK)
}

// configuration is the handlers of what a server tells about itself, without
// asking for a token.
func (s *Server) configuration(path string) map[string]handler {
	var v any
	switch path {
	case "version/info":
		v = map[string]string{"versionId": s.options.Version, "buildTimestamp": "2024-01-01T00:00:00Z"}
	case "keycloak/config":
		v = s.keycloakConfig()
	case "features/config":
		tenancy := map[string]string{"enabled": "false", "artifact-import-allowed-roles": "admin,manager,manager-any"}
		if s.options.Tenancy {
			tenancy["enabled"] = "true"
		}
		v = map[string]any{
			"repository-filter": map[string]string{"enabled": "true", "label-key": "domain", "label-label": "Domain",
				"label-list": "domain,status"},
			"repository-tenancy": tenancy,
			"microcks-hub": map[string]string{"enabled": "true", "allowed-roles": "admin,manager,manager-any",
				"endpoint": "https://hub.microcks.io/api"},
			"async-api": map[string]string{"enabled": "false"},
		}
	default:
		return nil
	}
	return map[string]handler{"GET": func(w http.ResponseWriter, _ *http.Request, _ caller, _ string) { send(w, http.StatusOK, v) }}
}

func (s *Server) keycloakConfig() any {
	type config struct {
		Enabled       bool   `json:"enabled"`
		Realm         string `json:"realm"`
		Resource      string `json:"resource"`
		AuthServerURL string `json:"auth-server-url"`
		SSLRequired   string `json:"ssl-required"`
		PublicClient  bool   `json:"public-client"`
	}
	c := config{false, "microcks", "microcks-app-js", "http://localhost:8180", "external", true}
	if k := s.options.Keycloak; k != nil {
		c.Enabled, c.AuthServerURL, c.Realm = true, k.URL, k.realmName()
	}
	return c
}
