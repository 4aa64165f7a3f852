package microcks_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/microcks"
)

// answers is a network where everything is answered alike.
type answers string

func (a answers) RoundTrip(req *http.Request) (*http.Response, error) {
	body := io.NopCloser(strings.NewReader(string(a)))
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Request: req, Body: body}, nil
}

// What an answer takes in memory is counted by what it holds: of a megabyte that is
// thousands of objects two are not read side by side, nor of many values, and of one
// that is text many are.
func TestAnswersTakeMemoryByWhatTheyHold(t *testing.T) {
	t.Parallel()
	view := func(messages string) string {
		return `{"service":{"id":"1","name":"n","version":"1"},"messagesMap":{"GET /":[` + messages + `]}}`
	}
	for name, c := range map[string]struct {
		answer string
		want   int32 // of eight, how many are read at once
	}{
		"objects": {view(strings.Repeat("{},", 300_000) + "{}"), 1},
		"values":  {view(`{"request":{"headers":[{"values":[` + strings.Repeat(`"",`, 1_900_000) + `""]}]}}`), 2},
		"text":    {view(`{"name":"` + strings.Repeat("x", 1_000_000) + `"}`), 8},
	} {
		synctest.Test(t, func(t *testing.T) {
			room, client := budget.NewRoom(), microcks.New(&http.Client{Transport: answers(c.answer)}, "http://server.example")
			ctx, end := context.WithCancelCause(t.Context())
			over := errors.New("over")
			var at atomic.Int32
			for range 8 {
				go func() {
					inside, leave := room.Enter(ctx)
					defer leave()
					view, err := client.ServiceView(inside, "1")
					if err != nil && !errors.Is(err, over) || err == nil && len(view.Messages) != 1 {
						t.Errorf("%v", err)
					}
					if err == nil {
						at.Add(1)
					}
					<-ctx.Done()
				}()
			}
			synctest.Wait()
			if at.Load() != c.want {
				t.Errorf("%s: %d at once, want %d", name, at.Load(), c.want)
			}
			end(over)
			synctest.Wait()
		})
	}
}
