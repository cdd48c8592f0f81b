// Package verify holds a worker to swgen's promises. Each promise is a law: a
// named check that installs, updates, kills and questions the very bytes of a
// worker in the bundled test runtime. It sees the worker from outside, so any
// worker can be the subject, and knows nothing of how one is made.
package verify

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/swgen/swgen/internal/audit"
	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/manifest"
	"github.com/swgen/swgen/strategies"
)

// Deployment is a site as a host has it: its files, the worker among them.
type Deployment struct {
	Files fs.FS
	// Manifest lists what the worker precaches; nil when that is not known,
	// and then what the worker has stored once it is installed counts.
	Manifest *manifest.Manifest
}

// Subject is what is verified.
type Subject struct {
	Deployment
	// Base is the URL path of the site, with a slash at both ends.
	Base string
	// Worker is the worker's file in the site, Scope the URL path that it is
	// registered for, "" for its directory. Module: it is a module.
	Worker, Scope string
	Module        bool
	// Serve answers for the files of a deployment as the site's host does; nil
	// is a plain host.
	Serve func(files fs.FS) http.Handler
	// HeaderFrom is the configuration of the host that sends a header with the
	// answer for a URL path, such as "_headers:3"; nil, or "": it is not known.
	HeaderFrom func(url, name string) string
	// Spec is what the worker was made from; nil when that is not known.
	Spec *strategies.Spec
	// Before is the deployment that visitors have now, if there is one.
	Before *Deployment
	// Remake makes the worker for another manifest; with it the next deploy
	// can be played. Nil: it cannot be made, as for workers of others.
	Remake func(*manifest.Manifest) ([]byte, error)
	// Audit is what the pages of the site need, nil when nobody has looked;
	// LeftOut says by which rule a file is not precached, "" for none.
	Audit   *audit.Site
	LeftOut func(file string) string
	// Kill is the worker that removes this one, nil when there is none.
	Kill []byte
}

// Options say how much is verified.
type Options struct {
	// Laws are the codes of the laws to check; empty is all.
	Laws []string
	// Chaos is how many runs with random faults are added, Seed that of the
	// first; the n-th after it is the first of Seed+n.
	Chaos int
	Seed  uint64
	// Moments is at how many moments of an update the worker is killed, and at
	// half as many of a first install; 0 is 40, and fewer for more than 500 entries.
	// What is longer is sampled.
	Moments int
	// Sample is about how many of the entries of a large manifest the laws are
	// checked with; 0 is all. W1 installs and asks for all in any case. A number
	// also means haste: what can be tried together is not tried one by one.
	Sample int
	// Pages: the site's pages are opened without a network, too.
	Pages bool
	// Turn is how long a script may run without a pause.
	Turn time.Duration
}

// Law is a promise with its check.
type Law struct {
	Code string `json:"law"`
	// Name is two or three words, Sentence the promise.
	Name     string `json:"name"`
	Sentence string `json:"sentence"`
	// remedy is what a worker has to do, for findings that know no better.
	remedy string
	// needs says why a subject cannot be checked, "" when it can.
	needs func(*Subject) string
	check func(*trial)
}

// Verdict is what became of one law.
type Verdict struct {
	Law
	// Checks counts what was tried; Findings is what went wrong.
	Checks   int               `json:"checks"`
	Findings []finding.Finding `json:"findings,omitempty"`
	// Skipped says why the law was not checked, "" when it was.
	Skipped string        `json:"skipped,omitempty"`
	Took    time.Duration `json:"-"`
}

// Report is the result of a verification.
type Report struct {
	Verdicts []Verdict `json:"laws"`
	// Precached counts the URLs that work offline.
	Precached int `json:"precached"`
	// Pages is how the site's pages fare without a network; nil when that was
	// not looked at.
	Pages *Pages `json:"pages,omitempty"`
	// Site is what is wrong with the site itself, Setup what keeps the worker from
	// its work.
	Site  []finding.Finding `json:"site,omitempty"`
	Setup []finding.Finding `json:"setup,omitempty"`
}

// Findings are those of all laws, in the order of the laws, then those about
// the set-up, about pages, and about the site.
func (r *Report) Findings() []finding.Finding {
	var all []finding.Finding
	for _, v := range r.Verdicts {
		all = append(all, v.Findings...)
	}
	all = append(all, r.Setup...)
	if r.Pages != nil {
		all = append(all, r.Pages.findings()...)
	}
	return append(all, r.Site...)
}

// Run checks the laws. An error is a failure of the verification itself; what
// the worker does wrong is a finding.
func Run(ctx context.Context, s *Subject, o Options) (*Report, error) {
	for _, code := range o.Laws {
		if !slices.ContainsFunc(Laws(), func(l Law) bool { return l.Code == code }) {
			return nil, fmt.Errorf("no law is called %s", code)
		}
	}
	r := &run{ctx: ctx, subject: s, options: o}
	defer r.close()
	if err := r.prepare(); err != nil {
		return nil, err
	}
	var chosen []Law
	for _, law := range Laws() {
		if len(o.Laws) == 0 || slices.Contains(o.Laws, law.Code) {
			chosen = append(chosen, law)
		}
	}
	if o.Chaos > 0 {
		chosen = append(chosen, chaosLaw)
	}
	report := &Report{Verdicts: make([]Verdict, len(chosen))}
	r.inParallel(len(chosen), func(i int) { report.Verdicts[i] = r.judge(chosen[i]) })
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	report.Precached = len(r.now.urls)
	if s.Audit != nil && r.now.failure == "" {
		t := r.trial(Law{})
		defer t.close()
		if err := t.attempt(func() { report.Pages = t.tour(s.Audit, s.Audit.Pages) }); err != nil {
			return nil, fmt.Errorf("opening the pages: %w", err)
		}
		report.Site = r.siteFindings(s.Audit)
	}
	if s.Audit != nil {
		t := r.trial(Law{})
		defer t.close()
		if err := t.attempt(func() { report.Setup = t.setUp() }); err != nil {
			return nil, fmt.Errorf("looking at the set-up: %w", err)
		}
	}
	return report, nil
}

// inParallel does n things, as many at a time as there are processors. A panic
// in one of them is the caller's.
func (r *run) inParallel(n int, do func(int)) {
	var group sync.WaitGroup
	next := make(chan int)
	var failed atomic.Pointer[any]
	for range min(n, runtime.GOMAXPROCS(0)) {
		group.Go(func() {
			for i := range next {
				func() {
					defer func() {
						if e := recover(); e != nil {
							failed.Store(&e)
						}
					}()
					do(i)
				}()
			}
		})
	}
	for i := range n {
		if r.ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	group.Wait()
	if e := failed.Load(); e != nil {
		panic(*e)
	}
}
