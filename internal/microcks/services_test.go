package microcks

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// Only what a look-up of a service by its name misses is not asked for again.
func TestIsMissed(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"/api/services/Pet%20Store:1.0?messages=true":      true,
		"/at/services/x:y/api/services/a:1":                true,
		"/api/services/a%2Fb:1":                            true,
		"/api/services/64b0?messages=true":                 false,
		"/api/services/search?name=a:1":                    false,
		"/api/services?page=0":                             false,
		"/at/services/x:y/api/jobs":                        false,
		"/at/services/x:y/api/services/64b0?messages=true": false,
	} {
		request := httptest.NewRequest(http.MethodGet, "http://h"+address, nil)
		if got := IsMissed(&http.Response{StatusCode: http.StatusInternalServerError, Request: request}); got != want {
			t.Errorf("%s: %t", address, got)
		}
		if IsMissed(&http.Response{StatusCode: http.StatusBadGateway, Request: request}) {
			t.Errorf("%s: what a gateway answers", address)
		}
	}
}
