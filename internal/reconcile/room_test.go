package reconcile

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/result"
	"postman-microcks-importer/internal/text"
)

// large is a server on both sides whose every answer takes all memory there is, and
// which sees how many of them are at hand at the same time.
type large struct {
	Microcks
	at, most, asked atomic.Int32
}

func (l *large) answer(ctx context.Context) error {
	if err := budget.Take(ctx, 1<<40); err != nil {
		return err
	}
	l.asked.Add(1)
	at := l.at.Add(1)
	defer l.at.Add(-1)
	for most := l.most.Load(); at > most && !l.most.CompareAndSwap(most, at); most = l.most.Load() {
	}
	time.Sleep(time.Millisecond) // for others to come, if they may
	return nil
}

func (l *large) Jobs(ctx context.Context) ([]microcks.ImportJob, error) { return nil, l.answer(ctx) }

func (l *large) Services(ctx context.Context, _ int) ([]microcks.Service, bool, error) {
	return nil, false, l.answer(ctx)
}

func (l *large) SecretsNamed(ctx context.Context, _ string) ([]microcks.Secret, error) {
	return nil, l.answer(ctx)
}

func (l *large) Secret(ctx context.Context, _ string) (*microcks.Secret, error) {
	return nil, l.answer(ctx)
}

func (l *large) ServiceOf(ctx context.Context, _, _ string) (*microcks.ServiceView, error) {
	return nil, l.answer(ctx)
}

func (l *large) Job(ctx context.Context, _ string) (*microcks.ImportJob, error) {
	return nil, l.answer(ctx)
}

func (l *large) SaveJob(ctx context.Context, _ *microcks.ImportJob) (*microcks.ImportJob, error) {
	if err := l.answer(ctx); err != nil {
		return nil, err
	}
	return nil, &microcks.APIError{Doing: "saving", Status: http.StatusBadRequest}
}

func (l *large) CreateSecret(ctx context.Context, _ *microcks.Secret) error { return l.answer(ctx) }
func (*large) ImportersURL() string                                         { return "" }
func (*large) ServiceURL(string) string                                     { return "" }
func (*large) Base() string                                                 { return "http://server.example" }

func (l *large) Collection(ctx context.Context, _, uid string, _ text.Secret) (*postman.Collection, error) {
	if err := l.answer(ctx); err != nil {
		return nil, err
	}
	return &postman.Collection{UID: uid, Raw: []byte(`{"collection":` + strings.Replace(small, "Pets", uid, 1) + `}`)}, nil
}

func (*large) Me(context.Context, string) (postman.Quota, error) { return postman.Quota{}, nil }

// Whatever a run asks for on either side, and however much it does at the same time,
// large answers come one after the other, and none waits for one that waits for it.
func TestLargeAnswersComeOneAfterTheOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &large{}
		version, err := microcks.ParseVersion("1.15.0")
		if err != nil {
			t.Fatal(err)
		}
		const collections = 16
		told := Run(t.Context(), Settings{Mode: result.Apply, Owner: plan.Owner{Repository: "o/r"}, Parallelism: 64}, Deps{
			Resolve: func(context.Context) ([]*plan.Wanted, []result.Problem, error) {
				var all []*plan.Wanted
				for i := range collections {
					uid := "1-" + strconv.Itoa(i)
					all = append(all, &plan.Wanted{
						Source: text.Untrusted(uid), UID: uid, Secret: plan.WantedSecret{Name: "key", Token: plan.NewToken("secret")},
					})
				}
				return all, nil, nil
			},
			Postman: server, Calls: postman.NewLimiter(),
			Connect: func(context.Context) (*Session, error) {
				return &Session{Microcks: server, Version: version}, nil
			},
			Log: silent{}, Mask: func(string) {},
		})
		if got := told.Totals.Errors; got != collections {
			t.Errorf("told as %+v", told)
		}
		// The lists of importers and services, two for the secret, and one to write it.
		const ofRun, ofEach = 5, 4 // collection, service, importer, and it is saved
		if asked := server.asked.Load(); server.most.Load() != 1 || asked < ofRun+ofEach*collections {
			t.Errorf("%d answers, %d of them at once", asked, server.most.Load())
		}
	})
}
