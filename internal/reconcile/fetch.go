package reconcile

import (
	"context"
	"fmt"
	"time"

	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/predict"
)

// connect finds out how to talk to Microcks.
func (r *run) connect(ctx context.Context) error {
	began := time.Now()
	session, err := r.Connect(ctx)
	if err != nil {
		return err
	}
	if session.Version.Before(1, 7, 0) {
		return &refusal{
			text:   fmt.Sprintf("connecting to Microcks: version %s cannot read the answers of the Postman API; 1.7.0 is the first that can", session.Version.Text),
			hint:   "upgrade Microcks to 1.7.0 or newer",
			anchor: "microcks-too-old", code: 14,
		}
	}
	r.session = session
	server := &Server{URL: session.Microcks.Base(), Version: session.Version.Text}
	text := "Microcks " + session.Version.Text + ", no sign-in"
	if session.Account != nil {
		server.SignIn, server.Account = true, session.Account.Client
		for _, role := range session.Account.Roles {
			server.Roles = append(server.Roles, string(role))
		}
		text = fmt.Sprintf("Microcks %s, signed in as %s", session.Version.Text, session.Account.Client)
	}
	r.result.Server = server
	r.tellOfVersion(session)
	r.step("connect", nil, began, text)
	return r.refuseBlindAccount()
}

// tellOfVersion names what an old server does that its owner should know. Who
// can sign in sees what it shows, so without a sign-in there is nothing to add.
func (r *run) tellOfVersion(session *Session) {
	where := ""
	switch {
	case session.Account == nil:
	case session.Version.Before(1, 12, 1):
		where = "lists and searches"
	case session.Version.Before(1, 15, 0):
		where = "searches"
	}
	if where != "" {
		r.result.Problems = append(r.result.Problems, Problem{
			Level:  predict.Note,
			Text:   fmt.Sprintf("Microcks %s shows the tokens of secrets in %s to every account that can sign in", session.Version.Text, where),
			Hint:   "upgrade to 1.15.0, or use a Postman key of an account that sees nothing but these collections",
			Anchor: "secrets-readable",
		})
	}
}

// fetch gets every collection. One that cannot be had fails alone.
func (r *run) fetch(ctx context.Context) {
	quotas := make(chan postman.Quota, len(r.items))
	r.parallel(func(it *item) {
		if it.Wanted.File != "" {
			it.raw = it.Wanted.Raw
			it.Bytes = len(it.raw)
			return
		}
		began := time.Now()
		collection, err := r.Postman.Collection(ctx, it.Wanted.UID)
		if err != nil {
			it.fail(err)
			return
		}
		it.raw = collection.Raw
		it.Bytes = len(it.raw)
		quotas <- collection.Quota
		r.step("fetch", it, began, fmt.Sprintf("fetched %s", bytesText(it.Bytes)))
	})
	close(quotas)
	r.warnOfQuota(quotas)
}

// Polling costs one call for the ETag in each of the 12 scans of a day, and a
// second where the answer has no ETag or a new one.
const (
	scansADay   = 12
	daysInMonth = 31
)

// warnOfQuota tells when the calls that are left this month may not suffice
// for the active importers of this run.
func (r *run) warnOfQuota(quotas <-chan postman.Quota) {
	var tightest *postman.Quota
	for quota := range quotas {
		if quota.Known && (tightest == nil || quota.MonthRemaining < tightest.MonthRemaining) {
			tightest = &quota
		}
	}
	if tightest == nil {
		return
	}
	need := int64(2 * scansADay * daysInMonth * len(r.items))
	if tightest.MonthRemaining >= need {
		return
	}
	r.result.Problems = append(r.result.Problems, Problem{
		Level:  predict.Note,
		Text:   fmt.Sprintf("Postman allows %d more API calls this month; every active importer costs %d to %d calls a day while Microcks polls it", tightest.MonthRemaining, scansADay, 2*scansADay),
		Hint:   "poll less often (SERVICES_UPDATE_INTERVAL of Microcks), or set `active: false` and let this workflow import on a schedule of its own",
		Anchor: "postman-quota",
	})
}

func bytesText(n int) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1000*1000:
		return fmt.Sprintf("%.1f kB", float64(n)/1000)
	default:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
}
