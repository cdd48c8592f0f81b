package main

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// tree is a checkout with the given files; the rest of the suites is empty.
func tree(files map[string]string) fstest.MapFS {
	fsys := make(fstest.MapFS)
	for _, dir := range suites {
		fsys[dir+"/META.yml"] = &fstest.MapFile{}
	}
	for name, content := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return fsys
}

func TestEachKindOfFileIsStartedAsTheTestsMeanIt(t *testing.T) {
	const harness = `<script src="/resources/testharness.js"></script>`
	p, err := enumerate(tree(map[string]string{
		"url/plain.any.js":                     "",
		"url/both.any.js":                      "// META: global=window,worker\n// META: variant=?1-5\n// META: variant=?6-last\n// META: timeout=long",
		"streams/module.https.any.js":          "// META: global=serviceworker-module",
		"streams/own.https.worker.js":          "",
		"fetch/api/basic/upload.h2.any.js":     "",
		"fetch/api/basic/there.www.sub.any.js": "",
		"service-workers/service-worker/sub/handed-over.https.html": harness +
			"<meta name=timeout content=long><script>service_worker_test(\n  '../resources/w.py?x=1', 'It works');</script>",
		"webmessaging/025.html": harness + `<script>fetch_tests_from_worker(new Worker("025-1.js"));</script>`,
	}))
	if err != nil {
		t.Fatal(err)
	}
	const http, https = "http://web-platform.test:8000/", "https://web-platform.test:8443/"
	both := Test{Path: "url/both.any.js", Global: serviceWorker, Scope: https + "url/does/not/exist", Long: true}
	first, second := both, both
	first.Variant, first.Script = "?1-5", https+"url/both.any.worker.js?1-5"
	second.Variant, second.Script = "?6-last", https+"url/both.any.worker.js?6-last"
	want := []Test{
		{Path: "fetch/api/basic/there.www.sub.any.js", Global: dedicatedWorker, Script: "http://www.web-platform.test:8000/fetch/api/basic/there.www.sub.any.worker.js"},
		{Path: "fetch/api/basic/upload.h2.any.js", Global: dedicatedWorker, Script: "https://web-platform.test:9000/fetch/api/basic/upload.h2.any.worker.js"},
		{
			Path: "service-workers/service-worker/sub/handed-over.https.html", Global: serviceWorker, Long: true,
			Script: https + "service-workers/service-worker/resources/w.py?x=1",
			Scope:  https + "service-workers/service-worker/resources/scope/service-workers/service-worker/sub/handed-over.https.html",
		},
		{Path: "streams/module.https.any.js", Global: serviceWorkerModule, Script: https + "streams/module.https.any.worker-module.js", Scope: https + "streams/does/not/exist"},
		{Path: "streams/own.https.worker.js", Global: dedicatedWorker, Script: https + "streams/own.https.worker.js"},
		first, second,
		{Path: "url/plain.any.js", Global: dedicatedWorker, Script: http + "url/plain.any.worker.js"},
		{Path: "webmessaging/025.html", Global: dedicatedWorker, Script: http + "webmessaging/025-1.js"},
	}
	if diff := cmp.Diff(want, p.Tests); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(p.Needs) != 0 {
		t.Errorf("some need more: %v", p.Needs)
	}
}

func TestWhatCannotBeRunIsCounted(t *testing.T) {
	const harness = `<script src="/resources/testharness.js"></script>`
	p, err := enumerate(tree(map[string]string{
		"dom/events/a.window.js":             "",
		"dom/events/b.any.js":                "// META: global=window",
		"dom/events/c.any.js":                "// META: global=shadowrealm",
		"dom/events/d.html":                  harness,
		"dom/events/mixed.html":              harness + `<script>service_worker_test("w.js"); promise_test(f);</script>`,
		"dom/events/two.html":                harness + `<script>service_worker_test("v.js"); service_worker_test("w.js");</script>`,
		"dom/events/e-manual.html":           harness,
		"dom/events/f-ref.html":              "<p>as it should look</p>",
		"dom/events/lib.js":                  "",
		"dom/events/resources/frame.html":    harness,
		"dom/events/support/x/worker.any.js": "",
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]map[string]int{"dom/events": {needsPage: 5, needsRealm: 1}}
	if diff := cmp.Diff(want, p.Needs); diff != "" || len(p.Tests) != 0 {
		t.Errorf("%d tests, needs (-want +got):\n%s", len(p.Tests), diff)
	}
}

func TestAMissingSuiteIsAnError(t *testing.T) {
	if _, err := enumerate(fstest.MapFS{}); err == nil || !strings.Contains(err.Error(), suites[0]) {
		t.Errorf("got %v", err)
	}
}

func TestSuitesAreThePartsOfTheSummary(t *testing.T) {
	for path, want := range map[string]string{
		"fetch/api/headers/a.any.js":             "fetch/api/headers",
		"fetch/api/idlharness.https.any.js":      "fetch/api",
		"fetch/data-urls/a.any.js":               "fetch",
		"service-workers/service-worker/a.https": "service-workers/service-worker",
	} {
		if got := suiteOf(path); got != want {
			t.Errorf("%s is in %q", path, got)
		}
	}
	for _, dir := range outermost(suites) {
		if slices.Contains(support, dir) {
			t.Errorf("%s is fetched twice", dir)
		}
	}
}

func TestAPartOfThePlan(t *testing.T) {
	p, err := enumerate(tree(map[string]string{
		"url/a.any.js":               "",
		"url/a-b.any.js":             "",
		"fetch/api/abort/a.any.js":   "",
		"fetch/api/abort/b.html":     `testharness.js`,
		"fetch/api/headers/a.any.js": "",
	}))
	if err != nil {
		t.Fatal(err)
	}
	part := p.within([]string{"fetch/api", "url/a.any.js"})
	var names []string
	for _, test := range part.Tests {
		names = append(names, test.Name())
	}
	if diff := cmp.Diff([]string{"fetch/api/abort/a.any.js", "fetch/api/headers/a.any.js", "url/a.any.js"}, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var out strings.Builder
	if err := part.list(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"url/a.any.js dedicatedworker http://web-platform.test:8000/url/a.any.worker.js\n",
		"fetch/api/abort              0                     0                1                       0       1              0\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}
