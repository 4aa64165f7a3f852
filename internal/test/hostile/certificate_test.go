package hostile

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"postman-microcks-importer/internal/test/pki"
	"postman-microcks-importer/internal/test/standin/microcks"
	"postman-microcks-importer/internal/test/standin/postman"
	"postman-microcks-importer/internal/test/world"
)

// A Microcks behind mutual TLS: the client's certificate is shown there and nowhere
// else, also to call mocks, and its lack is told with what to do.
func TestMutualTLS(t *testing.T) {
	t.Parallel()
	w := world.New()
	t.Cleanup(w.Close)
	w.StartPostman(postman.Options{})
	w.StartMicrocks(microcks.Options{})
	if err := w.Postman.AddCollection(world.UID(1), world.Collection("Pets", "1.0", 2)); err != nil {
		t.Fatal(err)
	}
	certificate, key := pki.Pair(t)
	clients := x509.NewCertPool()
	clients.AppendCertsFromPEM([]byte(certificate))
	secure := func(handler http.Handler, auth tls.ClientAuthType) *httptest.Server {
		s := httptest.NewUnstartedServer(handler)
		s.TLS = &tls.Config{ClientAuth: auth, ClientCAs: clients, MinVersion: tls.VersionTLS12}
		s.Config.ErrorLog = log.New(io.Discard, "", 0)
		s.StartTLS()
		t.Cleanup(s.Close)
		return s
	}
	mocks := secure(w.Microcks, tls.RequireAndVerifyClientCert)
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: mocks.Certificate().Raw})

	env := w.Environment()
	env["INPUT_MODE"], env["INPUT_COLLECTIONS"], env["INPUT_MICROCKS-URL"] = "apply", world.UID(1), mocks.URL
	env["INPUT_VERIFY"], env["INPUT_CA-CERTIFICATE"] = "mocks", base64.StdEncoding.EncodeToString(authority)
	run := func() (int, string) {
		var out bytes.Buffer
		code := w.Run(t.Context(), &out, env)
		return code, out.String()
	}
	const hint = "hint: the server wants a client certificate: give it as PEM in `client-certificate`"
	if code, out := run(); code != 11 || !strings.Contains(out, hint) {
		t.Errorf("without a certificate: exit code %d\n%s", code, out)
	}
	env["MICROCKS_CLIENT_CERTIFICATE"] = strings.ReplaceAll(certificate, "\n", " ")
	env["MICROCKS_CLIENT_KEY"] = strings.ReplaceAll(key, "\n", `\n`)
	code, out := run()
	if code != 0 || !strings.Contains(out, "the mocks of 2 of 2 operations answered as saved") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if line := strings.Split(key, "\n")[1]; strings.Contains(out, line) {
		t.Error("the key is in the log")
	}

	// Postman asks for a certificate, and gets none.
	shown := 0
	asking := secure(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		shown += len(r.TLS.PeerCertificates)
		w.Postman.ServeHTTP(rw, r)
	}), tls.RequestClientCert)
	env["INPUT_POSTMAN-API-URL"], env["INPUT_MODE"] = asking.URL, "plan"
	if code, out := run(); code != 0 || shown > 0 {
		t.Errorf("exit code %d, and Postman was shown %d certificates\n%s", code, shown, out)
	}
}
