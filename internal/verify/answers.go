package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/swgen/swgen/internal/audit"
	"github.com/swgen/swgen/manifest"
	"github.com/swgen/swgen/swtest"
)

// Answer is what becomes of a request for a URL.
type Answer struct {
	// From is who answered: "worker" or "network".
	From   string `json:"from,omitempty"`
	Status int    `json:"status,omitempty"`
	// Type is the content type.
	Type string `json:"type,omitempty"`
	// At is the URL path that it ends at after redirects, "" for the same.
	At string `json:"at,omitempty"`
	// File is set when the content is that of the file asked about.
	File bool `json:"file"`
	// Error says why there is none.
	Error string `json:"error,omitempty"`
}

// Answers are those to one URL, of a browser that has the worker.
type Answers struct {
	URL string `json:"url"`
	// Outside: it is outside of the worker's scope, and no page there is the
	// worker's.
	Outside bool   `json:"outside,omitempty"`
	Online  Answer `json:"online"`
	Offline Answer `json:"offline"`
}

// Ask asks for URL paths of a site with the worker of a subject, as visits of
// pages or as a page loads other files; want is the content that they should
// have. It also opens some pages of the subject's audit. An error is one of
// the asking, or a worker that does not install.
func Ask(ctx context.Context, s *Subject, urls []string, page bool, want manifest.Hash, open []*audit.Page) ([]Answers, *Pages, error) {
	r := &run{ctx: ctx, subject: s}
	defer r.close()
	r.findBare()
	var err error
	if r.now, err = r.install(&s.Deployment); err != nil {
		return nil, nil, err
	}
	if r.now.failure != "" {
		return nil, nil, fmt.Errorf("the worker does not install: %s", r.now.failure)
	}
	t := r.trial(Law{})
	defer t.close()
	list := make([]Answers, len(urls))
	var pages *Pages
	err = t.attempt(func() {
		for _, offline := range []bool{false, true} {
			b := t.copy(t.now) // a new one: the HTTP cache remembers
			b.Network.Offline(offline)
			tab := b.Open(home + t.scope())
			for i, u := range urls {
				var got *swtest.Response
				if page {
					got = t.navigate(b, &tab, u)
				} else {
					got = tab.Get(u)
				}
				a := answered(got, u, want)
				if page && got.Err == nil {
					a.At = landed(tab.URL(), u)
				}
				list[i].URL, list[i].Outside = u, page && !strings.HasPrefix(u, t.scope())
				if offline {
					list[i].Offline = a
				} else {
					list[i].Online = a
				}
			}
			tab.Close()
		}
		pages = t.tour(s.Audit, open)
	})
	return list, pages, errors.Join(err, ctx.Err())
}

func answered(got *swtest.Response, u string, want manifest.Hash) Answer {
	if got.Err != nil {
		return Answer{From: got.From, Error: strings.ReplaceAll(got.Err.Error(), home, "")}
	}
	return Answer{
		From: cmp.Or(got.From, "network"), Status: got.Status, Type: got.Header.Get("Content-Type"),
		At: landed(got.URL, u), File: manifest.Sum(got.Body) == want,
	}
}

// landed is the path of an address, "" when it is the one asked for.
func landed(address, asked string) string {
	if at := pathOnly(address); at != pathOnly(home+asked) {
		return at[len(home):]
	}
	return ""
}
