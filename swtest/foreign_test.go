package swtest_test

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
	"testing"
	"testing/fstest"
	"time"

	"github.com/swgen/swgen/swtest"
)

const foreignDir = "../testdata/foreign"

// foreignCase is an entry of testdata/foreign/cases.json: a worker that another
// tool has written, and what it does in Chromium. README.md there tells the
// fields.
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

// TestForeignWorkers plays the workers of other tools by the cases that
// e2e/foreign_test.go holds against Chromium.
func TestForeignWorkers(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(foreignDir, "cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var cases []foreignCase
	if err := decoder.Decode(&cases); err != nil {
		t.Fatal(err)
	}
	if few {
		cases = cases[:2]
	}
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
	c        foreignCase
	b        *swtest.Browser
	tab      *swtest.Tab
	received []string // the bodies of all POST requests
}

func (c foreignCase) play(t *testing.T) {
	p := &foreignPlay{T: t, c: c}
	p.b, p.tab = open(t, p.server("v1"))
	p.b.Grant(origin, "background-sync")

	p.install()
	p.steps("online", c.Online)
	p.holds("after the install", c.Caches)
	p.keepsDatabases()
	p.b.Network.Offline(true)
	p.steps("offline", c.Offline)

	p.b.Network.Serve(p.server("v2"))
	p.b.Network.Offline(false)
	p.update()
	p.steps("online after the update", c.Update.Online)
	p.holds("after the update", c.Update.Caches)
	p.b.Network.Offline(true)
	p.steps("offline after the update", c.Update.Offline)
	for _, want := range c.Errors {
		if !slices.ContainsFunc(p.b.Console(), func(e swtest.Event) bool { return strings.Contains(e.Text, want) }) {
			p.Errorf("the worker has reported no %s", want)
		}
	}
}

// server hosts one of the two versions of a case and takes the reports that
// are POSTed; nothing of it is to be found in the HTTP cache.
func (p *foreignPlay) server(version string) http.Handler {
	dir := filepath.Join(foreignDir, "out", p.c.Name, version)
	if _, err := os.Stat(filepath.Join(dir, p.c.Worker)); err != nil {
		p.Fatalf("%v: the other tools have not run: cd testdata/foreign && npm ci --ignore-scripts && node generate.mjs", err)
	}
	site := http.StripPrefix(strings.TrimSuffix(p.c.Base, "/"), swtest.Files(os.DirFS(dir)))
	neutral := swtest.Files(fstest.MapFS{"index.html": {Data: []byte("elsewhere")}})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		switch {
		case r.Method == http.MethodPost:
			body, _ := io.ReadAll(r.Body)
			p.received = append(p.received, string(body))
			io.WriteString(w, "noted")
		case strings.HasPrefix(r.URL.Path, p.c.Base):
			site.ServeHTTP(w, r)
		default:
			neutral.ServeHTTP(w, r)
		}
	})
}

// path is the URL path for one that begins at the base.
func (p *foreignPlay) path(path string) string { return strings.TrimSuffix(p.c.Base, "/") + path }

var (
	styles  = regexp.MustCompile(`<link rel="stylesheet"[^>]* href="([^"]+)"`)
	scripts = regexp.MustCompile(`<script[^>]* src="([^"]+)"`)
)

// open goes to a page and loads what is in it.
func (p *foreignPlay) open(path string) *swtest.Response {
	p.Helper()
	page := p.tab.Navigate(p.path(path))
	for destination, refs := range map[string]*regexp.Regexp{"style": styles, "script": scripts} {
		for _, ref := range refs.FindAllStringSubmatch(page.Text(), -1) {
			if part := p.tab.Load(ref[1], destination); !part.OK() {
				p.Errorf("page %s: %s %v", path, destination, part)
			}
		}
	}
	p.settle()
	return page
}

func (p *foreignPlay) settle() {
	p.Helper()
	if err := p.b.Settle(); err != nil {
		p.Fatal(err)
	}
}

// install registers the worker and waits until it controls a page, by itself
// if it claims the pages that are open and after a reload if it does not.
func (p *foreignPlay) install() {
	p.Helper()
	p.open("/")
	r := install(p.T, p.b, p.tab, p.path("/"+p.c.Worker), swtest.RegisterOptions{Scope: p.c.Base, Module: p.c.Type == "module"})
	if r.Active() == nil || r.Active().State() != "activated" {
		p.Fatal("the worker is not active")
	}
	if claimed := p.tab.Controller() != nil; claimed != p.c.Claims {
		p.Errorf("the page that registered is controlled: %v", claimed)
	}
	if p.c.Claims {
		return
	}
	p.open("/")
	if p.tab.Controller() == nil {
		p.Error("the next page is not controlled")
	}
}

func (p *foreignPlay) registration() *swtest.Registration { return p.b.Registrations(origin)[0] }

// update lets a page find the second version, and the worker take over.
func (p *foreignPlay) update() {
	p.Helper()
	p.open("/")
	if err := p.registration().Update(); err != nil {
		p.Fatal(err)
	}
	p.settle()
	switch p.c.Update.TakesOver {
	case "message", "closed":
		p.steps("before the take-over", p.c.Update.Waiting)
		if w := p.registration().Waiting(); w == nil {
			p.Error("no worker waits")
		}
	case "reload":
		if r := p.registration(); r.Waiting() != nil || r.Installing() != nil {
			p.Error("there is a new worker, though nothing but the control file is new")
		}
		p.steps("before the take-over", p.c.Update.Waiting)
	}
	if p.c.Update.Message != nil {
		p.step("the message", *p.c.Update.Message)
	}
	if p.c.Update.TakesOver == "closed" {
		p.tab.Navigate("/")
		if p.c.Base == "/" {
			p.Fatal("no page is out of the worker's scope")
		}
	}
	p.settle()
	if r := p.registration(); r.Waiting() != nil || r.Active().State() != "activated" {
		p.Errorf("the new worker has not taken over: it is %s", r.Active().State())
	}
	p.open("/")
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
		if !slices.Contains(p.received, s.Received) {
			p.Errorf("%s: sync %s: the server has received %q", when, s.Sync, p.received)
		}
	default:
		p.post(when+": post "+string(s.Post), s)
	}
}

func (p *foreignPlay) visit(what string, s foreignStep) {
	p.Helper()
	p.b.Network.Forget()
	page := p.open(s.Page)
	if failed := page.Err != nil; failed != s.Fails {
		p.Errorf("%s: %v", what, page)
	}
	if s.Fails {
		return
	}
	if page.Status != max(s.Status, http.StatusOK) || !strings.Contains(page.Text(), s.Text) {
		p.Errorf("%s: %v %q", what, page, page.Text())
	}
	preloads := slices.ContainsFunc(p.b.Network.Requests(), func(r *swtest.Request) bool {
		return r.Err == nil && r.Header.Get("Service-Worker-Navigation-Preload") != ""
	})
	if preloads != s.Preload {
		p.Errorf("%s: preload %v", what, preloads)
	}
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

// bad makes one request fail on its way, or every one for a path take long.
func (p *foreignPlay) bad(s foreignStep) {
	p.b.Network.Script(func(r *swtest.Request) swtest.Weather {
		switch {
		case s.Lost && r.Method == http.MethodPost:
			s.Lost = false
			return swtest.Weather{Fail: true}
		case s.Hang && r.URL == origin+p.path(s.Fetch):
			return swtest.Weather{Delay: 10 * time.Minute}
		}
		return swtest.Weather{}
	})
}

func (p *foreignPlay) fetch(what string, s foreignStep) {
	p.Helper()
	if s.Hang || s.Lost {
		p.bad(s)
		defer p.b.Network.Script(nil)
	}
	var got struct {
		Failed       bool
		Status, Size int
		Text         string
	}
	value, err := p.tab.Eval(fmt.Sprintf(`(async (url, range, body, wanted) => {
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
	})(%q, %q, %q, %s)`, listenJS, p.path(s.Fetch), s.Range, s.Send, orNull(s.Heard)))
	if err == nil {
		err = json.Unmarshal(value, &got)
	}
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
	p.settle()
}

func (p *foreignPlay) post(what string, s foreignStep) {
	p.Helper()
	if _, err := p.tab.Eval(fmt.Sprintf(`(async (to, message, wanted, reply) => {
		%s
		const registration = await navigator.serviceWorker.ready;
		const { port1, port2 } = new MessageChannel();
		const replied = new Promise(done => port1.onmessage = ({ data }) => done(data));
		registration[to || "active"].postMessage(message, [port2]);
		await heard;
		if (reply !== null && !contains(await replied, reply)) throw Error("another reply");
	})(%q, %s, %s, %s)`, listenJS, s.To, s.Post, orNull(s.Heard), orNull(s.Reply))); err != nil {
		p.Errorf("%s: %v", what, err)
	}
	p.settle()
}

// eventually lets time pass until something is as it should be.
func (p *foreignPlay) eventually(is func() bool) bool {
	for range 60 {
		if is() {
			return true
		}
		p.b.Advance(time.Second)
		p.settle()
	}
	return is()
}

// holds waits until the caches hold what they should, if that is said.
func (p *foreignPlay) holds(when string, want map[string][]string) {
	p.Helper()
	if want == nil {
		return
	}
	var got map[string][]string
	if !p.eventually(func() bool {
		got = map[string][]string{}
		for _, name := range p.b.Caches(origin) {
			got[p.plain(name)] = nil
		}
		for _, e := range p.b.Entries(origin) {
			got[p.plain(e.Cache)] = append(got[p.plain(e.Cache)], p.plain(e.URL))
		}
		for _, urls := range got {
			slices.Sort(urls)
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
	if !p.eventually(func() bool {
		value, err := p.tab.Eval("indexedDB.databases().then(list => list.map(({ name }) => name).sort())")
		if err != nil || json.Unmarshal(value, &got) != nil {
			p.Fatalf("databases: %s, %v", value, err)
		}
		return slices.Equal(got, p.c.Databases)
	}) {
		p.Errorf("databases %q", got)
	}
}

var hashes = regexp.MustCompile(`\?(__WB_REVISION__|_sw-precache)=\w+$|\b[0-9a-f]{40}\b|-[\w-]{8}\.(js|css)$`)

// plain is the name of a cache or a key of it without what the tools compute
// from contents.
func (p *foreignPlay) plain(s string) string {
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

func orNull(value json.RawMessage) string {
	if value == nil {
		return "null"
	}
	return string(value)
}
