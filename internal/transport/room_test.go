package transport

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"postman-microcks-importer/internal/budget"
)

// answering is a network that answers with so many bytes, whose attempts it counts.
type answering struct {
	bytes    int
	attempts int
}

func (a *answering) RoundTrip(req *http.Request) (*http.Response, error) {
	a.attempts++
	body := io.NopCloser(&while{req.Context(), bytes.NewReader(make([]byte, a.bytes))})
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Request: req, Body: body}, nil
}

// while is a reader as long as a request goes on.
type while struct {
	ctx  context.Context
	from io.Reader
}

func (w *while) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.from.Read(p)
}

// A large answer is read once there is memory for it, however long that takes: it is
// not the server that says nothing then. A small one is read at once.
func TestAnswersWaitForMemory(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		bytes int
		waits bool
	}{"small": {10 << 10, false}, "large": {20 << 20, true}} {
		synctest.Test(t, func(t *testing.T) {
			room, network := budget.NewRoom(), &answering{bytes: c.bytes}
			client, err := NewClient(Options{Base: network})
			if err != nil {
				t.Fatal(err)
			}
			var leaves []func()
			for range 2 { // one of them takes what is shared, the other the place for one alone
				ctx, leave := room.Enter(t.Context())
				if err := budget.Take(ctx, 96<<20); err != nil {
					t.Fatal(err)
				}
				leaves = append(leaves, leave)
			}
			began, read := time.Now(), 0
			took := time.Duration(-1)
			go func() {
				ctx, leave := room.Enter(t.Context())
				defer leave()
				req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://server.example", nil)
				if err != nil {
					t.Error(err)
					return
				}
				resp, err := client.Do(req)
				if err != nil {
					t.Error(err)
					return
				}
				defer resp.Body.Close()
				all, _ := Body(resp)
				read, took = len(all), time.Since(began)
			}()
			time.Sleep(10 * DefaultPatience)
			synctest.Wait()
			if waited := took < 0; waited != c.waits {
				t.Errorf("%s: it waited: %t", name, waited)
			}
			for _, leave := range leaves {
				leave()
			}
			synctest.Wait()
			if read != c.bytes || network.attempts != 1 {
				t.Errorf("%s: read %d bytes in %d attempts", name, read, network.attempts)
			}
		})
	}
}

// A request can have a limit of its own, which is never more than that of its client.
func TestBodyLimitOfARequest(t *testing.T) {
	t.Parallel()
	client, err := NewClient(Options{Base: &answering{bytes: 1000}, BodyLimit: 1000, Attempts: 1})
	if err != nil {
		t.Fatal(err)
	}
	for limit, fits := range map[int64]bool{999: false, 1000: true, 1 << 40: true} {
		req, err := http.NewRequestWithContext(WithBodyLimit(t.Context(), limit), http.MethodGet, "http://server.example", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if (err == nil) != fits {
			t.Errorf("%d: %v", limit, err)
		}
		if err == nil {
			_ = resp.Body.Close()
		}
	}
}
