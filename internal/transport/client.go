// Package transport is the HTTP layer under the API clients: a stack of small
// round trippers, one file each.
//
//	http.Client     follows a redirect only within one origin   redirect.go
//	└ userAgent     says who asks                               useragent.go
//	  └ retry       repeats what is safe to repeat              retry.go
//	    └ (Attempt) what a client puts around each attempt
//	    └ whole     reads the answer to its end, within a limit whole.go
//	      └ bound   attaches the credential, to one origin      credential.go
//	        └ patience  ends an attempt that hears nothing      patience.go
//	          └ gated   what one origin's gateway wants         gateway.go
//	            └ http.Transport  TLS, proxies, connections     base.go
//
// Whatever fails comes back as an [*Error] with a redacted URL and a hint.
// The package knows nothing of the APIs spoken through it.
package transport

import (
	"context"
	"net/http"
	"time"
)

// Limits of bodies, in bytes after decompression.
const (
	DefaultBodyLimit = 32 << 20 // success bodies, when Options.BodyLimit is 0
	ErrorBodyLimit   = 64 << 10 // bodies of status 400 and above
)

// DefaultPatience is how long an attempt may hear nothing from its server when
// Options.Patience is 0.
const DefaultPatience = 60 * time.Second

// Options says how a client behaves. The zero value is a client without a
// credential that repeats GET and HEAD only.
type Options struct {
	// UserAgent of every request, such as "postman-microcks-importer/1.2.3";
	// empty leaves Go's own.
	UserAgent string
	// Credential of the requests to its origin; nil for none.
	Credential *Credential
	// Gateway of the origin that has one; nil for none.
	Gateway *Gateway
	// RootCAs are PEM certificates trusted beside the system's; nil for none.
	RootCAs []byte
	// RetryPOST says that a POST of this client is as safe to repeat as a GET,
	// as it is for a token request.
	RetryPOST bool
	// Attempts is how often a request that is safe to repeat is sent at most; 0
	// is [DefaultAttempts].
	Attempts int
	// Attempt is put around the sending of one attempt and the reading of its answer, such
	// as what keeps a rate; nil for nothing. An error of it that has a Hint ends the request
	// and reaches the caller as it is.
	Attempt func(http.RoundTripper) http.RoundTripper
	// Permanent reports whether a response whose status would be retried will not
	// change by waiting, such as the 429 of a quota used up. It may read the
	// body, which it must leave readable from its start. Nil: none is.
	Permanent func(*http.Response) bool
	// BodyLimit is the most bytes a body of a status below 400 may have after
	// decompression; 0 is [DefaultBodyLimit]. More is a [*LimitError]. Bodies of
	// other statuses are cut at [ErrorBodyLimit] without an error.
	BodyLimit int64
	// ErrorsWhole says that an answer of status 400 and above is one like any other:
	// its body is read under BodyLimit.
	ErrorsWhole bool
	// Patience is how long a server may say nothing, before the headers and
	// between two pieces of the body, until a request that is safe to repeat is
	// given up and tried again; 0 is [DefaultPatience], negative is without
	// end. A request that cannot be repeated is waited for until its context
	// ends, since to give it up would leave open what it did.
	Patience time.Duration
	// Trace is told of every attempt, from several goroutines at once; nil for
	// nobody.
	Trace func(Exchange)
	// DeadlineInput is the input whose value sets the context's deadline, to be
	// named in a hint; empty is "timeout".
	DeadlineInput string
	// Base is what speaks to the network; nil is an http.Transport of its own
	// with TLS 1.2 and above and the proxies of the environment. RootCAs and the
	// Gateway's certificate have no effect on another one.
	Base http.RoundTripper
}

// Credential is a header that goes to one origin and nowhere else.
type Credential struct {
	Origin string // scheme://host[:port]
	Header string // "X-API-Key", "Authorization"
	// Value is asked at every attempt, so that a renewed token is used. Its
	// error ends the request and reaches the caller as it is.
	Value func(context.Context) (string, error)
}

// Exchange is one attempt of a request and what came of it.
type Exchange struct {
	Method   string
	URL      string        // redacted
	Status   int           // 0 when there was no answer
	Duration time.Duration // the body included
	Err      error         // an *Error, or nil
	Attempt  int           // from 1
	Attempts int           // how many there may be
	Wait     time.Duration // until the next attempt; 0 after the last
}

// base is what speaks to the network, with what a gateway wants.
func (o *Options) base() (http.RoundTripper, error) {
	base := o.Base
	if base == nil {
		t, err := newBase(o.RootCAs, nil)
		if err != nil {
			return nil, err
		}
		base = &toProxies{t}
	}
	if o.Gateway == nil {
		return base, nil
	}
	own := base
	if o.Gateway.Certificate != nil && o.Base == nil {
		t, err := newBase(o.RootCAs, o.Gateway.Certificate)
		if err != nil {
			return nil, err
		}
		own = &toProxies{t}
	}
	return gate(*o.Gateway, own, base)
}

// NewClient makes a client from options. It fails on RootCAs that hold no
// certificate, and on a Credential or Gateway whose origin is not valid.
//
// The responses of the client are read already: their bodies are in memory, and
// reading one never fails. An error of its Do should go through [Explain].
func NewClient(o Options) (*http.Client, error) {
	base, err := o.base()
	if err != nil {
		return nil, err
	}
	if o.Attempts == 0 {
		o.Attempts = DefaultAttempts
	}
	if o.BodyLimit == 0 {
		o.BodyLimit = DefaultBodyLimit
	}
	if o.Patience == 0 {
		o.Patience = DefaultPatience
	}
	if o.DeadlineInput == "" {
		o.DeadlineInput = "timeout"
	}
	repeatable := func(req *http.Request) bool {
		return req.Method == http.MethodGet || req.Method == http.MethodHead ||
			req.Method == http.MethodPost && o.RetryPOST
	}

	var layers http.RoundTripper = base
	if o.Patience > 0 {
		layers = &patience{next: layers, limit: o.Patience, repeatable: repeatable}
	}
	if o.Credential != nil {
		b, err := bind(*o.Credential, layers)
		if err != nil {
			return nil, err
		}
		layers = b
	}
	layers = &whole{next: layers, limit: o.BodyLimit, cuts: !o.ErrorsWhole}
	if o.Attempt != nil {
		layers = o.Attempt(layers)
	}
	layers = newRetry(layers, o, repeatable)
	layers = &userAgent{next: layers, name: o.UserAgent, base: base}
	return &http.Client{Transport: layers, CheckRedirect: sameOriginOnly}, nil
}
