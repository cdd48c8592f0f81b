package verify_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/swgen/swgen/internal/verify"
)

const foreignDir = "../../testdata/foreign"

// foreignCase is what testdata/foreign/cases.json says of a worker that
// another tool has made, as far as it matters here.
type foreignCase struct {
	Name, Base, Worker, Type string
}

// foreigners says which laws the workers of other tools break. Each verdict was
// read, with its traces, and is a fact that the law's sentence names. What is
// said of one worker holds for those of the same tool below it.
var foreigners = map[string]string{
	// W2: what arrives with status 200 is stored, a page in place of a script
	// among it. W5: cleanupOutdatedCaches deletes each cache whose name has
	// "-precache-" and contains the scope, so at "/" those of all sites of the
	// origin, and elsewhere those of the scopes below. W6: it takes over at
	// once and purges, so a page that is open gets the script of another
	// version, and what is gone not at all. W8: %69 is not taken for i, and
	// only queries that begin with utm_ or are called fbclid are ignored; its
	// navigation fallback has status 200, with and without a network, which is
	// no finding (see shell). W9: when what is stored of the fallback page is
	// lost, it is answered as it comes from the network, redirected or not.
	// W11: when caches.match throws, so does the answer.
	"workbox-generate": "W2 W5 W6 W8 W9 W11",
	// W4: precaching asks for one file after another; elsewhere too few change
	// to show it. W8 as well: an unknown page has status 404 with a network and
	// 200 without. No W6: it waits until all pages are closed.
	"workbox-generate-split": "W2 W4 W5 W8 W11",
	// The fallback page was not redirected: that is asked of one page, and here
	// the fallback is another.
	"workbox-generate-development": "W2 W5 W8 W11",
	// news.json is kept by a strategy and not precached, so that it changes
	// breaks no law. It has a default handler: that requests to other origins
	// pass through it is none of W12.
	"workbox-inject":        "W2 W5 W8 W11",
	"workbox-inject-module": "W2 W5 W6 W8 W11", // W6: it takes over at once
	"vite-auto-update":      "W2 W5 W6 W8 W9 W11",
	"vite-prompt":           "W2 W5 W8 W9 W11",

	// As Workbox, from which it comes. W8: the fallback page has status 200
	// without a network. W11 is about files only: pages are preloaded.
	"serwist": "W2 W5 W6 W8 W11",
	// W6, though it waits: with navigation preload, a page that is precached is
	// answered from the network, and its files from the cache of the version
	// before.
	"serwist-module": "W2 W5 W6 W8 W11",

	// W1: the install event waits for no file. They are asked for later, and
	// when one is missing all is left to the network. W6: a frame is a client
	// of its own and gets the newest version. W8: with a query, another
	// spelling or as a directory a page is another resource, or the index.
	// W12: every request goes through the worker, as its ngsw-bypass header
	// admits. Hashes are compared (no W2), and each page keeps its version.
	"ngsw":      "W1 W6 W8 W12",
	"ngsw-base": "W1 W6 W8 W12",

	// W2 and W8 as Workbox, whose ancestor it is; W6 only where it does not wait.
	"sw-precache":         "W2 W6 W8",
	"sw-precache-waiting": "W2 W8",

	// W1: addAll takes files from the HTTP cache that are old. W4: addAll
	// asks again for what another cache holds. W5: it deletes every cache that
	// is not its own, whoever made it. W9: addAll stores a redirected answer,
	// and a navigation gets it. W12: it stores what is private. W16: stopped
	// while it activates it answers from the old cache for good.
	"hand-cache-first": "W1 W2 W4 W5 W8 W9 W11 W12 W16",
	// W1: it stores its files and never answers with them, since respondWith
	// comes too late. W5: nothing is ever deleted. W8: nor has it an offline page.
	"hand-late-respond": "W1 W2 W4 W5 W6 W8",
	// W1: it installs without the file that it asked for. W11: without a cache
	// it fails. W12: it answers POST. W16: the install is over before the file
	// is there, and nobody tries again.
	"hand-late-wait": "W1 W2 W8 W11 W12 W16",
}

func TestWorkersOfOtherToolsAreJudgedFairly(t *testing.T) {
	var cases []foreignCase
	text, err := os.ReadFile(filepath.Join(foreignDir, "cases.json"))
	if err == nil {
		err = json.Unmarshal(text, &cases)
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) != len(foreigners) {
		t.Errorf("there are %d cases and verdicts on %d", len(cases), len(foreigners))
	}
	for i, c := range cases {
		if few && i > 0 {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			moments := 3
			if strings.HasPrefix(c.Name, "hand-") {
				moments = 10 // these are small
			}
			report, err := verify.Run(t.Context(), c.subject(t), verify.Options{Moments: moments})
			if err != nil {
				t.Fatal(err)
			}
			var breaks []string
			for _, v := range report.Verdicts {
				if len(v.Findings) > 0 {
					breaks = append(breaks, v.Code)
				}
				t.Logf("%-4s %d checks, %d findings %s", v.Code, v.Checks, len(v.Findings), v.Skipped)
				for _, f := range v.Findings {
					t.Logf("    %s", f)
					complete(t, v.Code, f)
				}
			}
			if got := strings.Join(breaks, " "); got != foreigners[c.Name] {
				t.Errorf("%s breaks %q and not %q", c.Name, got, foreigners[c.Name])
			}
		})
	}
}

// subject is the second version of a case, which takes the place of the first.
func (c foreignCase) subject(t *testing.T) *verify.Subject {
	t.Helper()
	version := func(name string) verify.Deployment {
		dir := filepath.Join(foreignDir, "out", c.Name, name)
		if _, err := os.Stat(filepath.Join(dir, c.Worker)); err != nil {
			t.Fatalf("%v: the other tools have not run: cd testdata/foreign && npm ci --ignore-scripts && node generate.mjs", err)
		}
		return verify.Deployment{Files: os.DirFS(dir)}
	}
	before := version("v1")
	return &verify.Subject{
		Deployment: version("v2"), Before: &before,
		Base: c.Base, Worker: c.Worker, Module: c.Type == "module",
	}
}
