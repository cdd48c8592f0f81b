package verify

import (
	"cmp"
	"fmt"
	"net/http"
	"time"

	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/swtest"
)

// trial is one law being checked.
type trial struct {
	*run
	law      Law
	checks   int
	findings []finding.Finding
	nothing  string // why there was nothing to check
	browsers []*swtest.Browser
	since    map[*swtest.Browser]int // where in its trace the story of a check begins
}

// stopped is the panic of a trial that cannot go on.
type stopped struct{ error }

func (r *run) trial(law Law) *trial {
	return &trial{run: r, law: law, since: make(map[*swtest.Browser]int)}
}

// attempt does something, and says why it could not go on.
func (t *trial) attempt(do func()) (err error) {
	defer func() {
		if e := recover(); e != nil {
			s, ok := e.(stopped)
			if !ok {
				panic(e)
			}
			err = s.error
		}
	}()
	do()
	return nil
}

// judge checks one law.
func (r *run) judge(law Law) Verdict {
	start := time.Now()
	v := Verdict{Law: law}
	t := r.trial(law)
	defer t.close()
	switch {
	case r.now.failure != "" && law.Code != installLaw:
		v.Skipped = "the worker does not install"
	case law.needs != nil && law.needs(r.subject) != "":
		v.Skipped = law.needs(r.subject)
	default:
		if err := t.attempt(func() { law.check(t) }); err != nil {
			t.check(false, t.last(), "", "", "the law could not be checked: %v", err)
		}
		if t.checks == 0 {
			v.Skipped = cmp.Or(t.nothing, "nothing of the site is concerned")
		}
	}
	v.Checks, v.Findings, v.Took = t.checks, t.findings, time.Since(start)
	return v
}

// last is the browser that was opened last, nil when none is open.
func (t *trial) last() *swtest.Browser {
	if len(t.browsers) == 0 {
		return nil
	}
	return t.browsers[len(t.browsers)-1]
}

// fewFindings is how many findings of one law are kept; a broken worker can
// break a promise for every page.
const fewFindings = 20

// made ends the hints of a worker that swgen made: its users cannot mend it.
const made = "; swgen made this worker, so please report this with the trace"

// check counts one try, and makes a finding of it unless it is good. url is
// the URL concerned, hint what a worker has to do, "" the law's remedy.
func (t *trial) check(good bool, b *swtest.Browser, url, hint, format string, args ...any) bool {
	t.checks++
	if good || len(t.findings) >= fewFindings {
		return good
	}
	hint = cmp.Or(hint, t.law.remedy)
	if t.subject.Spec != nil {
		hint += made
	}
	f := finding.Finding{
		ID: "broken-promise", Law: t.law.Code, Severity: finding.Error, Path: url,
		Message: fmt.Sprintf(format, args...), Hint: hint,
	}
	if b != nil {
		f.Trace = story(b.Trace()[t.since[b]:], url)
	}
	t.findings = append(t.findings, f)
	return false
}

// mark begins the story of what is checked in a browser now.
func (t *trial) mark(b *swtest.Browser) { t.since[b] = len(b.Trace()) }

// must stops a trial that cannot go on.
func must[T any](value T, err error) T {
	if err != nil {
		panic(stopped{err})
	}
	return value
}

// copy is a browser that has a stage installed and was closed since.
func (t *trial) copy(s *stage) *swtest.Browser { return t.copyWith(s, swtest.Options{}) }

func (t *trial) copyWith(s *stage, o swtest.Options) *swtest.Browser {
	o.Turn, o.Network = t.options.Turn, t.host(s.Deployment)
	s.mu.Lock()
	b, err := s.first.Fork(o)
	s.mu.Unlock()
	if b != nil {
		t.browsers = append(t.browsers, b)
	}
	return must(b, err)
}

// visitor is a browser that has never been on the site.
func (t *trial) visitor(d *Deployment, o swtest.Options) *swtest.Browser {
	o.Turn, o.Network = t.options.Turn, t.host(d)
	b := swtest.New(o)
	t.browsers = append(t.browsers, b)
	return b
}

// done closes the browsers of a check that is over.
func (t *trial) done() {
	t.close()
	t.browsers = nil
}

func (t *trial) close() {
	for _, b := range t.browsers {
		b.Close()
		delete(t.since, b)
	}
}

// register registers the worker as a first visit does and waits for all that
// follows. It says whether the worker is active then.
func (r *run) register(b *swtest.Browser) bool {
	tab := b.Open(home + r.scope())
	_, err := tab.Register(home+r.script(), r.registration())
	if err == nil {
		err = b.Settle()
	}
	tab.Close()
	if err == nil {
		err = b.Settle()
	}
	reg := r.registered(b)
	return err == nil && reg != nil && reg.Active() != nil && reg.Active().State() == "activated"
}

// deploy serves another deployment from now on and lets the browser find it.
func (t *trial) deploy(b *swtest.Browser, d *Deployment) {
	t.mark(b)
	b.Network.Serve(t.host(d))
	t.update(b)
}

// update checks for a new worker and waits for all that follows. What fails
// then shows in what is checked next.
func (t *trial) update(b *swtest.Browser) {
	for _, r := range b.Registrations(home) {
		_ = r.Update()
	}
	_ = b.Settle()
	if t.lazy() {
		t.visit(b)
	}
}

// visit opens the home page and closes it, as a visitor who comes by.
func (t *trial) visit(b *swtest.Browser) {
	b.Open(home + t.scope()).Close()
	_ = b.Settle()
}

// takeOver is two visits with no other page open: a worker that waits takes
// over and tidies up.
func (t *trial) takeOver(b *swtest.Browser) {
	t.visit(b)
	b.Advance(tidyTime)
	t.visit(b)
	b.Advance(tidyTime)
}

// tidyTime is how long a worker may put off its tidying after a visit.
const tidyTime = 10 * time.Second

// kill stops every running worker, as browsers do when they please.
func (t *trial) kill(b *swtest.Browser) {
	for _, r := range b.Registrations(home) {
		for _, w := range []*swtest.Worker{r.Installing(), r.Waiting(), r.Active()} {
			if w != nil {
				w.Stop()
			}
		}
	}
}

// running says whether a deployment's worker is the active one.
func (t *trial) running(b *swtest.Browser, d *Deployment) bool {
	r := t.registered(b)
	return r != nil && r.Active() != nil && r.Active().Source() == string(readFile(d.Files, t.subject.Worker))
}

// eval evaluates an expression in a page, which stands for what scripts of the
// site may do.
func (t *trial) eval(tab *swtest.Tab, expression string) {
	_ = must(tab.Eval(expression))
}

// emptyCaches is a script that deletes all that is stored, as a browser does
// that needs room; the caches themselves stay.
const emptyCaches = `caches.keys().then(names => Promise.all(names.map(async name => {
	const cache = await caches.open(name)
	await Promise.all((await cache.keys()).map(request => cache.delete(request, { ignoreVary: true })))
})))`

// badStatus is weather in which some URLs answer with a status.
func badStatus(status int, urls ...string) func(*swtest.Request) swtest.Weather {
	return only(swtest.Weather{Status: status}, urls...)
}

// only is weather for some URLs, whatever the query.
func only(w swtest.Weather, urls ...string) func(*swtest.Request) swtest.Weather {
	return func(q *swtest.Request) swtest.Weather {
		for _, u := range urls {
			if pathOf(q) == u {
				return w
			}
		}
		return swtest.Weather{}
	}
}

// answer is a server that answers with one body to everything.
func answer(contentType string, body []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write(body)
	})
}
