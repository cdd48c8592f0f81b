package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
)

// suites are the directories whose tests are run. A test belongs to the
// longest that holds it, which is its line in the summary.
var suites = []string{
	"FileAPI",
	"IndexedDB",
	"WebCryptoAPI/digest",
	"compression",
	"console",
	"dom/abort",
	"dom/events",
	"encoding",
	"fetch",
	"fetch/api",
	"fetch/api/abort",
	"fetch/api/basic",
	"fetch/api/body",
	"fetch/api/cors",
	"fetch/api/headers",
	"fetch/api/redirect",
	"fetch/api/request",
	"fetch/api/response",
	"hr-time",
	"html/webappapis",
	"mimesniff",
	"service-workers",
	"service-workers/cache-storage",
	"service-workers/service-worker",
	"storage",
	"streams",
	"url",
	"urlpattern",
	"webmessaging",
	"xhr/formdata",
}

// The realms that tests are run in, by the names of `META: global`.
const (
	serviceWorker         = "serviceworker"
	serviceWorkerModule   = "serviceworker-module"
	dedicatedWorker       = "dedicatedworker"
	dedicatedWorkerModule = "dedicatedworker-module"
)

// Test is one run of one file of the Web Platform Tests.
type Test struct {
	Path    string // of the file, from the root of the tests
	Variant string // query that selects a part of the file, with its "?"; mostly empty
	Global  string // realm to run in: "serviceworker", "dedicatedworker", or either with "-module"
	Script  string // URL of the worker script; the server writes it for .any.js
	Scope   string // URL of the scope to register a service worker with; empty for others
	Long    bool   // the test asks for the longer time limit
}

// Name identifies the test: its path and variant.
func (t Test) Name() string { return t.Path + t.Variant }

// plan is the tests to run and, for each suite, how many files cannot be run
// for want of something.
type plan struct {
	Tests []Test
	Needs map[string]map[string]int // suite → what is needed → files
}

// suiteOf is the suite that a path of the tests belongs to.
func suiteOf(path string) string {
	best := ""
	for _, dir := range suites {
		if inside(path, dir) && len(dir) > len(best) {
			best = dir
		}
	}
	return best
}

// enumerate finds the tests of all suites, in order.
func enumerate(wpt fs.FS) (plan, error) {
	p := plan{Needs: make(map[string]map[string]int)}
	for _, dir := range outermost(suites) {
		err := fs.WalkDir(wpt, dir, func(name string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if entry.IsDir() {
				if slices.Contains([]string{"resources", "support", "tools"}, entry.Name()) {
					return fs.SkipDir // by the rules of the tests, these hold none
				}
				return nil
			}
			return p.add(wpt, name)
		})
		if err != nil {
			return plan{}, fmt.Errorf("listing the tests: %w", err)
		}
	}
	slices.SortFunc(p.Tests, func(a, b Test) int { return cmp.Compare(a.Name(), b.Name()) })
	return p, nil
}

// outermost leaves out the directories that are inside another.
func outermost(dirs []string) []string {
	return slices.DeleteFunc(slices.Clone(dirs), func(dir string) bool {
		return slices.ContainsFunc(dirs, func(other string) bool { return dir != other && inside(dir, other) })
	})
}

// add takes the file up, as a test or as something that cannot be run.
func (p *plan) add(wpt fs.FS, name string) error {
	isAny, isWorker := strings.HasSuffix(name, ".any.js"), strings.HasSuffix(name, ".worker.js")
	if strings.HasSuffix(name, ".window.js") {
		p.need(name, needsPage)
	}
	if !isAny && !isWorker && !isPage(name) {
		return nil
	}
	content, err := fs.ReadFile(wpt, name)
	if err != nil {
		return err
	}
	switch {
	case isAny:
		p.addAny(name, parseMeta(content))
	case isWorker:
		p.addVariants(name, parseMeta(content), Test{Global: dedicatedWorker, Script: pageURL(name, false).String()})
	case bytes.Contains(content, []byte("testharness.js")): // else a reference, or something to be framed
		return p.addPage(name, content)
	}
	return nil
}

func isPage(name string) bool {
	kind := path.Ext(name)
	return slices.Contains([]string{".html", ".htm", ".xhtml", ".xht", ".svg"}, kind) &&
		!strings.HasSuffix(strings.TrimSuffix(name, kind), "-manual")
}

func (p *plan) need(name, what string) {
	suite := suiteOf(name)
	if p.Needs[suite] == nil {
		p.Needs[suite] = make(map[string]int)
	}
	p.Needs[suite][what]++
}

// addAny takes up a test that the server can wrap for any realm.
func (p *plan) addAny(name string, m meta) {
	global, needs := realm(m.Globals)
	if needs != "" {
		p.need(name, needs)
		return
	}
	kind := ".any.worker.js"
	if strings.HasSuffix(global, "-module") {
		kind = ".any.worker-module.js"
	}
	secure := strings.HasPrefix(global, serviceWorker)
	script := pageURL(strings.TrimSuffix(name, ".any.js")+kind, secure)
	t := Test{Global: global, Script: script.String()}
	if secure {
		t.Scope = script.ResolveReference(&url.URL{Path: "does/not/exist"}).String()
	}
	p.addVariants(name, m, t)
}

func (p *plan) addVariants(name string, m meta, t Test) {
	script := t.Script
	for _, variant := range m.Variants {
		t.Path, t.Variant, t.Long = name, variant, m.Long
		t.Script = script + variant
		p.Tests = append(p.Tests, t)
	}
}

var (
	// startsService and startsWorker are how a page hands everything over to
	// a worker, asksItself is what it does when it also tests something.
	startsService = regexp.MustCompile(`\bservice_worker_test\(\s*['"]([^'"]+)['"]`)
	startsWorker  = regexp.MustCompile(`\bfetch_tests_from_worker\(\s*new Worker\(\s*['"]([^'"]+)['"]\s*\)\s*\)`)
	asksItself    = regexp.MustCompile(`\b(?:promise_test|async_test|test|subsetTest)\(`)
	longPage      = regexp.MustCompile(`<meta\s+name=["']?timeout["']?\s+content=["']?long\b`)
)

// addPage takes up a page that only starts a worker; any other page needs to
// be one. The scopes are those that service_worker_test registers.
func (p *plan) addPage(name string, content []byte) error {
	service := startsService.FindAllSubmatch(content, -1)
	worker := startsWorker.FindAllSubmatch(content, -1)
	if len(service)+len(worker) != 1 || asksItself.Match(content) {
		p.need(name, needsPage)
		return nil
	}
	ref, err := url.Parse(string(append(service, worker...)[0][1]))
	if err != nil {
		return fmt.Errorf("%s: the worker that it starts: %w", name, err)
	}
	script := pageURL(name, false).ResolveReference(ref)
	t := Test{Path: name, Global: dedicatedWorker, Script: script.String(), Long: longPage.Match(content)}
	if len(service) == 1 {
		t.Global = serviceWorker
		t.Scope = script.ResolveReference(&url.URL{Path: "scope/" + name}).String()
	}
	p.Tests = append(p.Tests, t)
	return nil
}

// pageURL is where the tests expect to find a file, which its name decides:
// a flag between dots asks for https, HTTP/2 or the www host.
func pageURL(name string, secure bool) *url.URL {
	flags := strings.Split(path.Base(name), ".")
	u := &url.URL{Scheme: "http", Host: host + ":8000", Path: "/" + name}
	if secure || slices.Contains(flags, "https") {
		u.Scheme, u.Host = "https", host+":8443"
	}
	if slices.Contains(flags, "h2") {
		u.Scheme, u.Host = "https", host+":9000"
	}
	if slices.Contains(flags, "www") {
		u.Host = "www." + u.Host
	}
	return u
}

// within is the part of the plan that is in one of the directories.
func (p plan) within(dirs []string) plan {
	selected := selection(dirs)
	part := plan{Needs: make(map[string]map[string]int)}
	for _, t := range p.Tests {
		if selected.has(t.Path) {
			part.Tests = append(part.Tests, t)
		}
	}
	for suite, needs := range p.Needs {
		if selected.has(suite) {
			part.Needs[suite] = needs
		}
	}
	return part
}

// list prints the tests, then how many files of each suite run where.
func (p plan) list(w io.Writer) error {
	files := make(map[string]map[string]int)
	for suite, needs := range p.Needs {
		files[suite] = maps.Clone(needs)
	}
	last := ""
	for _, t := range p.Tests {
		fmt.Fprintf(w, "%s %s %s\n", t.Name(), t.Global, t.Script)
		suite := suiteOf(t.Path)
		if files[suite] == nil {
			files[suite] = make(map[string]int)
		}
		if t.Path != last {
			files[suite][t.Global]++
		}
		last = t.Path
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	columns := []string{serviceWorker, serviceWorkerModule, dedicatedWorker, dedicatedWorkerModule, needsPage, needsRealm}
	fmt.Fprintf(table, "\nfiles\t%s\t\n", strings.Join(columns, "\t"))
	for _, suite := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(table, "%s\t", suite)
		for _, column := range columns {
			fmt.Fprintf(table, "%d\t", files[suite][column])
		}
		fmt.Fprintln(table)
	}
	return table.Flush()
}
