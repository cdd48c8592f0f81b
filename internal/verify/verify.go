// Package verify holds a worker to swgen's promises. Each promise is a law: a
// named check that installs, updates, kills and questions the very bytes of a
// worker in the bundled test runtime. It sees the worker from outside, so any
// worker can be the subject, and knows nothing of how one is made.
package verify

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/manifest"
	"github.com/swgen/swgen/strategies"
	"github.com/swgen/swgen/swtest"
)

// Deployment is a site as a host has it: its files, the worker among them.
type Deployment struct {
	Files fs.FS
	// Manifest lists what the worker precaches; nil when that is not known,
	// and then what the worker asks for while it is installed counts.
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
	// Spec is what the worker was made from; nil when that is not known.
	Spec *strategies.Spec
	// Before is the deployment that visitors have now, if there is one.
	Before *Deployment
	// Remake makes the worker for another manifest; with it the next deploy
	// can be played. Nil: it cannot be made, as for workers of others.
	Remake func(*manifest.Manifest) ([]byte, error)
	// Kill is the worker that removes this one, nil when there is none.
	Kill []byte
}

// Options say how much is verified.
type Options struct {
	// Laws are the codes of the laws to check; empty is all.
	Laws []string
	// Chaos is how many runs with random faults are added.
	Chaos int
	// Seed chooses what looks random.
	Seed uint64
	// Moments is at how many moments of an update the worker is killed; 0 is
	// 40. A longer update is sampled.
	Moments int
	// Sample is how many of the entries of a large manifest the deploys are
	// played with; 0 is all.
	Sample int
	// Turn is how long a script may run without a pause.
	Turn time.Duration
}

// Law is a promise with its check.
type Law struct {
	Code string `json:"law"`
	// Name is two or three words, Sentence the promise.
	Name     string `json:"name"`
	Sentence string `json:"sentence"`
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
}

// Findings are those of all laws, in the order of the laws.
func (r *Report) Findings() []finding.Finding {
	var all []finding.Finding
	for _, v := range r.Verdicts {
		all = append(all, v.Findings...)
	}
	return all
}

// Laws lists all laws in order.
func Laws() []Law {
	return slices.Concat(installLaws, versionLaws, requestLaws, routeLaws, exitLaws)
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
	var err error
	if r.now, err = r.install(&s.Deployment); err != nil {
		return nil, err
	}
	if s.Before != nil {
		if r.was, err = r.install(s.Before); err != nil {
			return nil, fmt.Errorf("the previous deployment: %w", err)
		}
		if r.was.failure != "" {
			return nil, fmt.Errorf("the worker of the previous deployment does not install: %s", r.was.failure)
		}
	}
	var laws []Law
	for _, law := range Laws() {
		if len(o.Laws) == 0 || slices.Contains(o.Laws, law.Code) {
			laws = append(laws, law)
		}
	}
	if o.Chaos > 0 {
		laws = append(laws, chaosLaw)
	}
	report := &Report{Verdicts: make([]Verdict, len(laws))}
	r.inParallel(len(laws), func(i int) { report.Verdicts[i] = r.judge(laws[i]) })
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	report.Precached = len(r.now.urls)
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
			defer func() {
				if e := recover(); e != nil {
					failed.Store(&e)
				}
			}()
			for i := range next {
				do(i)
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

// judge checks one law.
func (r *run) judge(law Law) Verdict {
	start := time.Now()
	t := &trial{run: r, law: law}
	v := Verdict{Law: law}
	switch {
	case r.now.failure != "" && law.Code != installLaw:
		v.Skipped = "the worker does not install"
	case law.needs != nil && law.needs(r.subject) != "":
		v.Skipped = law.needs(r.subject)
	default:
		law.check(t)
		if t.checks == 0 && len(t.findings) == 0 {
			v.Skipped = cmp.Or(t.nothing, "nothing of the site is concerned")
		}
	}
	t.close()
	v.Checks, v.Findings, v.Took = t.checks, t.findings, time.Since(start)
	return v
}

// trial is one law being checked.
type trial struct {
	*run
	law      Law
	checks   int
	findings []finding.Finding
	nothing  string
	browsers []*swtest.Browser
}

// fewFindings is how many findings of one law are kept; a broken worker can
// break a promise for every page.
const fewFindings = 20

// check counts one try, and makes a finding of it unless it is good.
func (t *trial) check(good bool, b *swtest.Browser, url, hint, format string, args ...any) bool {
	t.checks++
	if good || len(t.findings) >= fewFindings {
		return good
	}
	f := finding.Finding{
		ID: "broken-promise", Law: t.law.Code, Severity: finding.Error, Path: url,
		Message: fmt.Sprintf(format, args...), Hint: hint,
	}
	if b != nil {
		f.Trace = last(b.Trace(), 16)
	}
	t.findings = append(t.findings, f)
	return false
}

// last is the end of a trace, as text.
func last(events []swtest.Event, n int) []string {
	var lines []string
	for _, e := range events[max(0, len(events)-n):] {
		lines = append(lines, strings.TrimSpace(e.String()))
	}
	return lines
}

func (t *trial) close() {
	for _, b := range t.browsers {
		b.Close()
	}
}
