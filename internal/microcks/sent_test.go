package microcks_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"postman-microcks-importer/internal/microcks"
)

// A write may have been carried out once it was sent, and no earlier.
func TestWhatMayBeDone(t *testing.T) {
	t.Parallel()
	answering := func(status int) *httptest.Server {
		return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	}
	breaking := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	ended, end := context.WithCancel(t.Context())
	end()
	// The port of a server that was closed may be another's by now.
	gone := httptest.NewUnstartedServer(nil)
	gone.URL = "http://127.0.0.1:1"
	tests := map[string]struct {
		ctx              context.Context
		server           *httptest.Server
		inDoubt, mayBeIt bool
	}{
		"answered":                  {t.Context(), answering(http.StatusOK), false, false},
		"refused by Microcks":       {t.Context(), answering(http.StatusForbidden), false, false},
		"a gateway spoke":           {t.Context(), answering(http.StatusBadGateway), true, true},
		"connection broken":         {t.Context(), breaking, true, true},
		"nobody listens":            {t.Context(), gone, true, false},
		"the run had already ended": {ended, answering(http.StatusOK), true, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Cleanup(tt.server.Close)
			err := microcks.New(http.DefaultClient, tt.server.URL).DeleteService(tt.ctx, "1")
			if got := microcks.InDoubt(err); got != tt.inDoubt {
				t.Errorf("in doubt: %t, want %t (%v)", got, tt.inDoubt, err)
			}
			if got := microcks.MayBeDone(err); got != tt.mayBeIt {
				t.Errorf("may be done: %t, want %t (%v)", got, tt.mayBeIt, err)
			}
		})
	}
}
