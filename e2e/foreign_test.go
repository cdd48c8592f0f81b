package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/swgen/swgen/internal/browsertest"
)

const foreignDir = "../testdata/foreign"

// foreignCase is an entry of testdata/foreign/cases.json: a worker that another
// tool has written, and what it does. README.md there tells the fields.
type foreignCase struct {
	Name, Tool, Features string
	Base, Worker, Type   string
	Claims               bool
	Online, Offline      []foreignStep
	Caches               map[string][]string
	Databases, Errors    []string
	Update               struct {
		TakesOver       string
		Message         *foreignStep
		Waiting         []foreignStep
		Online, Offline []foreignStep
		Caches          map[string][]string
	}
}

// foreignStep is something that a page of a foreignCase does, and what comes
// of it. Exactly one of Page, Fetch, Post and Sync is set.
type foreignStep struct {
	Page, Fetch, Sync string
	Post              json.RawMessage

	To          string
	Range, Send string
	Hang, Lost  bool

	Status   int
	Length   int
	Text     string
	Fails    bool
	Preload  bool
	Reply    json.RawMessage
	Heard    json.RawMessage
	Received string
}

// TestForeignWorkers holds what is said of the workers of other tools against
// Chromium: they are the reference of those who run them elsewhere.
func TestForeignWorkers(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(foreignDir, "cases.json"))
	must(t, err)
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var cases []foreignCase
	must(t, decoder.Decode(&cases))
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			c.play(t)
		})
	}
}

// foreignPlay is a case while it is played.
type foreignPlay struct {
	*testing.T
	c      foreignCase
	server *browsertest.Server
	tab    *browsertest.Tab

	mu       sync.Mutex
	received []string // the bodies of all POST requests
	lose     bool     // the next one
}

func (c foreignCase) play(t *testing.T) {
	p := &foreignPlay{T: t, c: c}
	p.server = browsertest.Serve(t, c.Base, os.DirFS(p.version("v1")))
	p.server.SetRanges(true)
	p.server.Intercept(p.takeReport)
	if c.Base != "/" {
		p.server.Mount("/", neutral)
	}
	browser := sharedBrowser(t)
	p.tab = browser.NewTab(t)

	p.install()
	p.steps("online", c.Online)
	p.holds("after the install", c.Caches)
	p.keepsDatabases()
	p.server.Down()
	p.steps("offline", c.Offline)

	p.server.Swap(os.DirFS(p.version("v2")))
	must(t, p.server.Up())
	p.update()
	p.steps("online after the update", c.Update.Online)
	p.holds("after the update", c.Update.Caches)
	p.server.Down()
	p.steps("offline after the update", c.Update.Offline)
	p.errors(browser)
}

// version is the directory of one of the two versions of a case.
func (p *foreignPlay) version(name string) string {
	p.Helper()
	dir := filepath.Join(foreignDir, "out", p.c.Name, name)
	if _, err := os.Stat(filepath.Join(dir, p.c.Worker)); err != nil {
		p.Fatalf("%v: the other tools have not run, or not since they were changed: sh scripts/test.sh", err)
	}
	return dir
}

// url is the address of a path that begins at the base.
func (p *foreignPlay) url(path string) string {
	return p.server.URL(strings.TrimSuffix(p.c.Base, "/") + path)
}

// takeReport answers POST requests, which a static host refuses.
func (p *foreignPlay) takeReport(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodPost {
		return false
	}
	body, _ := io.ReadAll(r.Body)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lose {
		p.lose = false
		// A port that browsers do not connect to. Chromium would send a request
		// again whose connection is closed.
		http.Redirect(w, r, "http://localhost:1/", http.StatusTemporaryRedirect)
		return true
	}
	p.received = append(p.received, string(body))
	io.WriteString(w, "noted")
	return true
}

// open goes to a page and waits until it is done. One that is left while it
// still loads would keep Chromium's old worker busy: a new one that skips
// waiting then waits on, for five minutes.
func (p *foreignPlay) open(path string) error {
	p.Helper()
	err := p.tab.Navigate(p.url(path))
	must(p, p.tab.WaitFor(`document.getElementById("script")?.textContent !== "no script"`, patient))
	return err
}

// install registers the worker and waits until it controls a page, by itself
// if it claims the pages that are open and after a reload if it does not.
func (p *foreignPlay) install() {
	p.Helper()
	must(p, p.open("/"))
	register := fmt.Sprintf("navigator.serviceWorker.register(%q, { scope: %q, type: %q }).then(() => {})", p.url("/"+p.c.Worker), p.url("/"), p.c.Type)
	must(p, p.tab.Eval(register, nil))
	must(p, p.tab.WaitActivated())
	const controlled = "!!navigator.serviceWorker.controller"
	if p.c.Claims {
		must(p, p.tab.WaitFor(controlled, patient))
		return
	}
	same(p, "a page that is controlled without a claim", eval[bool](p, p.tab, controlled), false)
	must(p, p.open("/"))
	same(p, "control of the next page", eval[bool](p, p.tab, controlled), true)
}

// update lets a page find the second version, and the worker take over.
func (p *foreignPlay) update() {
	p.Helper()
	must(p, p.open("/"))
	must(p, p.tab.Update())
	switch p.c.Update.TakesOver {
	case "message", "closed":
		p.waits()
	case "reload":
		state, err := p.tab.WorkerState()
		must(p, err)
		same(p, "the workers when nothing but the control file is new", state, browsertest.WorkerState{Active: "activated", Controlled: true})
		p.steps("before the take-over", p.c.Update.Waiting)
	case "immediately":
	default:
		p.Fatalf("takesOver %q", p.c.Update.TakesOver)
	}
	if p.c.Update.Message != nil {
		p.step("the message", *p.c.Update.Message)
	}
	if p.c.Update.TakesOver == "closed" {
		must(p, p.tab.Navigate(p.server.URL("/"))) // neutral
		must(p, p.tab.WaitFor(fmt.Sprintf("navigator.serviceWorker.getRegistration(%q).then(r => !r.waiting && r.active.state === 'activated')", p.c.Base), patient))
	} else {
		must(p, p.tab.WaitActivated())
	}
	must(p, p.open("/"))
}

// waits makes sure that the new worker waits, and longer than Chromium needs to
// let one take over that skips waiting.
func (p *foreignPlay) waits() {
	p.Helper()
	must(p, p.tab.WaitWorkerSettled())
	must(p, p.tab.WaitFor("performance.now() > 1500", patient))
	p.steps("before the take-over", p.c.Update.Waiting)
	state, err := p.tab.WorkerState()
	must(p, err)
	same(p, "the workers before the take-over", state, browsertest.WorkerState{Waiting: "installed", Active: "activated", Controlled: true})
}

func (p *foreignPlay) steps(when string, steps []foreignStep) {
	p.Helper()
	for i, s := range steps {
		p.step(fmt.Sprintf("%s, step %d", when, i+1), s)
	}
}

func (p *foreignPlay) step(when string, s foreignStep) {
	p.Helper()
	switch {
	case s.Page != "":
		p.visit(when+": page "+s.Page, s)
	case s.Fetch != "":
		p.fetch(when+": fetch "+s.Fetch, s)
	case s.Sync != "":
		p.sync(when+": sync "+s.Sync, s)
	default:
		p.post(when+": post "+string(s.Post), s)
	}
}

func (p *foreignPlay) visit(what string, s foreignStep) {
	p.Helper()
	p.server.Reset()
	err := p.open(s.Page)
	if s.Fails {
		if err == nil {
			p.Errorf("%s: there is a page", what)
		}
		return
	}
	if s.Status == 0 {
		must(p, err) // an error's page without a body is one
	}
	for _, r := range p.tab.Broken() {
		if r.Type != "Document" {
			p.Errorf("%s: %s", what, r)
		}
	}
	status := 0
	for _, r := range p.tab.Responses() {
		if r.Type == "Document" { // the last one, after redirects
			status = r.Status
		}
	}
	same(p, what+": status", status, max(s.Status, http.StatusOK))
	if body := eval[string](p, p.tab, "document.body.innerText"); !strings.Contains(body, s.Text) {
		p.Errorf("%s: no %q in %q", what, s.Text, body)
	}
	preloads := slices.ContainsFunc(p.server.Requests(), func(r browsertest.Request) bool {
		return r.Header.Get("Service-Worker-Navigation-Preload") != ""
	})
	same(p, what+": preload", preloads, s.Preload)
}

// listenJS defines heard, a promise of the first message of a worker that
// contains what is asked for.
const listenJS = `
	const contains = (has, wants) => wants && typeof wants === "object" && has ?
		Object.entries(wants).every(([key, value]) => contains(has[key], value)) : has === wants;
	const heard = new Promise((done, failed) => {
		setTimeout(() => failed(Error("no such message")), 10000);
		if (!wanted) return done();
		navigator.serviceWorker.addEventListener("message", ({ data }) => contains(data, wanted) && done());
		navigator.serviceWorker.startMessages();
	});`

func (p *foreignPlay) fetch(what string, s foreignStep) {
	p.Helper()
	if s.Hang {
		defer p.server.Hang(strings.TrimPrefix(p.url(s.Fetch), p.server.URL("")))()
	}
	p.mu.Lock()
	p.lose = s.Lost
	p.mu.Unlock()
	var got struct {
		Failed       bool
		Status, Size int
		Text         string
	}
	err := p.tab.Eval(fmt.Sprintf(`(async (url, range, body, wanted) => {
		%s
		const headers = range ? { range } : {};
		try {
			var response = await fetch(url, body ? { method: "POST", body, headers } : { headers });
			var bytes = await response.arrayBuffer();
		} catch {
			return { Failed: true };
		}
		await heard;
		return { Status: response.status, Size: bytes.byteLength, Text: new TextDecoder().decode(bytes) };
	})(%q, %q, %q, %s)`, listenJS, p.url(s.Fetch), s.Range, s.Send, orNull(s.Heard)), &got)
	switch {
	case err != nil:
		p.Errorf("%s: %v", what, err)
	case got.Failed != s.Fails:
		p.Errorf("%s: failed %v, answer %d %q", what, got.Failed, got.Status, got.Text)
	case s.Fails:
	case got.Status != max(s.Status, http.StatusOK):
		p.Errorf("%s: status %d", what, got.Status)
	case s.Length != 0 && got.Size != s.Length:
		p.Errorf("%s: %d bytes", what, got.Size)
	case !strings.Contains(got.Text, s.Text):
		p.Errorf("%s: no %q in %q", what, s.Text, got.Text)
	}
}

func (p *foreignPlay) post(what string, s foreignStep) {
	p.Helper()
	err := p.tab.Eval(fmt.Sprintf(`(async (to, message, wanted, reply) => {
		%s
		const registration = await navigator.serviceWorker.ready;
		const { port1, port2 } = new MessageChannel();
		const replied = new Promise(done => port1.onmessage = ({ data }) => done(data));
		registration[to || "active"].postMessage(message, [port2]);
		await heard;
		if (reply !== null && !contains(await replied, reply)) throw Error("another reply");
	})(%q, %s, %s, %s)`, listenJS, s.To, s.Post, orNull(s.Heard), orNull(s.Reply)), nil)
	if err != nil {
		p.Errorf("%s: %v", what, err)
	}
}

// sync waits for what a sync event brings. Chromium fires it when it is asked
// for, because the network that it sees is always there.
func (p *foreignPlay) sync(what string, s foreignStep) {
	p.Helper()
	if !eventually(p, func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return slices.Contains(p.received, s.Received)
	}) {
		p.Errorf("%s: the server has received %q", what, p.received)
	}
}

// holds waits until the caches hold what they should, if that is said.
func (p *foreignPlay) holds(when string, want map[string][]string) {
	p.Helper()
	if want == nil {
		return
	}
	var got map[string][]string
	if !eventually(p, func() bool {
		keys, err := p.tab.CacheKeys()
		must(p, err)
		got = map[string][]string{}
		for name, urls := range keys {
			name = p.plain(name)
			for _, u := range urls {
				got[name] = append(got[name], p.plain(u))
			}
			got[name] = sorted(got[name])
		}
		return maps.EqualFunc(got, want, slices.Equal)
	}) {
		text, _ := json.MarshalIndent(got, "", "\t")
		p.Errorf("caches %s: %s", when, text)
	}
}

// keepsDatabases waits until the origin has the databases that it should have.
func (p *foreignPlay) keepsDatabases() {
	p.Helper()
	var got []string
	if !eventually(p, func() bool {
		got = eval[[]string](p, p.tab, "indexedDB.databases().then(list => list.map(({ name }) => name).sort())")
		return slices.Equal(got, p.c.Databases)
	}) {
		p.Errorf("databases %q", got)
	}
}

var hashes = regexp.MustCompile(`\?(__WB_REVISION__|_sw-precache)=\w+$|\b[0-9a-f]{40}\b|-[\w-]{8}\.(js|css)$`)

// plain is the name of a cache or a key of it without what differs from run to
// run, and without what the tools compute from contents.
func (p *foreignPlay) plain(s string) string {
	origin := p.server.URL("")
	s = strings.ReplaceAll(strings.TrimPrefix(s, origin), origin, "{origin}")
	return hashes.ReplaceAllStringFunc(s, func(match string) string {
		switch match[0] {
		case '?':
			return ""
		case '-':
			return "-*" + filepath.Ext(match)
		}
		return "*"
	})
}

// errors waits for the errors that the worker should have reported.
func (p *foreignPlay) errors(browser *browsertest.Browser) {
	p.Helper()
	for _, want := range p.c.Errors {
		if !eventually(p, func() bool {
			return slices.ContainsFunc(browser.WorkerErrors(), func(m browsertest.Message) bool {
				return strings.HasPrefix(m.URL, p.server.URL("/")) && strings.Contains(m.Text, want)
			})
		}) {
			p.Errorf("the worker has reported no %s", want)
		}
	}
}

func orNull(value json.RawMessage) string {
	if value == nil {
		return "null"
	}
	return string(value)
}
