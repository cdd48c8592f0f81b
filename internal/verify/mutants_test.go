package verify_test

import (
	"strings"
	"testing"
	"time"

	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/internal/verify"
	"github.com/swgen/swgen/strategies"
)

// mutant is a worker that is broken on purpose, and the law that it breaks.
type mutant struct {
	law string
	// what is broken, as docs/laws.md names it too
	what string
	making
}

func broken(edits ...edit) making { return making{spec: usual(), edits: edits} }

func (m making) with(spec strategies.Spec) making {
	m.spec = spec
	return m
}

func killBroken(edits ...edit) making { return making{spec: usual(), killEdits: edits} }

var (
	apiFirst   = strategies.Route{Path: "api/**", Strategy: strategies.NetworkFirst, Timeout: 2 * time.Second}
	cacheFirst = strategies.Route{Path: "pictures/**", Strategy: strategies.CacheFirst}
)

var mutants = []mutant{
	{"W1", "a critical file that cannot be had is skipped like an optional one", broken(
		edit{"if (!isOptional(table2, path)) {", "if (false) {"})},
	{"W1", "downloads may come from the browser's HTTP cache", broken(
		edit{`fetch(url, { cache: "no-store" })`, "fetch(url)"})},
	{"W1", "a page is forgotten", broken(
		edit{"const queue = jobs.values();", "const queue = jobs.filter((path) => path != \"notes.html\").values();"})},

	{"W2", "hashes are not compared", broken(
		edit{`return bodyName(table2, path).startsWith(hash) ? "" : "wrong content";`, `return "";`})},
	{"W2", "a page may be stored under the URL of another file", broken(
		edit{"if (!hasFlag(table2, path, 4) && html != isPage(path))", "if (false)"})},
	{"W2", "a wrong body is not asked for again past caches", broken(
		edit{"let busted = false;", "let busted = true;"})},
	{"W2", "a file that is mended is not verified", broken(
		edit{"download(table2, path, true, [])", "download(table2, path, false, [])"})},

	{"W3", "an install that fails throws away what it has downloaded", broken(
		edit{"if (isQuota(problem)) await", "await"})},
	{"W3", "what a failed install has stored waits for its next try for ever", broken(
		edit{"var patience = 24 * 60 * 60 * 1e3;", "var patience = Infinity;"})},
	{"W3", "an install that fails takes the files of the active version along", broken(
		edit{"if (isQuota(problem)) await purgeBodies((name) => names.has(name));", "await purgeBodies((name) => !names.has(name));"})},

	{"W4", "files are downloaded one after another", broken(
		edit{"[1, 2, 3, 4, 5, 6].map(work)", "[1].map(work)"})},
	{"W4", "two new files with the same content are both downloaded", broken(
		edit{"      stored.add(name);\n", ""})},
	{"W4", "what is stored is known by its path, so that a file that moved is downloaded again", broken(
		edit{`* 12, 12) + "." + extension(path)`, `* 12, 12) + path.replaceAll("/", "-") + "." + extension(path)`})},
	{"W4", "data comes before scripts and styles", broken(
		edit{"isStrict(path) ? 1 : isPage(path) || hasFlag(table2, path, 4) ? 2 : 3", "isStrict(path) ? 3 : isPage(path) ? 2 : 1"})},
	{"W4", "optional files come first", broken(
		edit{"return ranks.flat();", "return ranks.reverse().flat();"})},

	{"W5", "old versions are never purged", broken(
		edit{"let dropped = thorough;", "let dropped = thorough;\n    for (const [kind, id] of records2) if (kind == \"version\") used.add(id);"})},
	{"W5", "the purge deletes every cache that it does not know", broken(
		edit{"if (!dropped) return;", "if (!dropped) return;\n    for (const name of await caches.keys()) if (!name.startsWith(prefix)) await caches.delete(name);"})},
	{"W5", "the purge deletes the caches of scopes below its own", broken(
		edit{"if (!dropped) return;", "if (!dropped) return;\n    for (const name of await caches.keys()) if (name.startsWith(prefix.trim()) && !name.startsWith(prefix)) await caches.delete(name);"})},
	{"W5", "the purge takes a file that the new version needs", broken(
		edit{"(name) => !wanted.has(name)", "(name) => !wanted.has(name) || (replaced && name == bodyName(current(), \"notes.html\"))"},
		edit{"let dropped = thorough;", "let dropped = thorough;\n    const replaced = records2.filter(([kind]) => kind == \"version\").length > 1;"})},

	{"W6", "every page is answered from the newest version", broken(
		edit{`const of = request.destination != "document" ? await versionOf(event) : void 0;`, "const of = void 0;"})},
	{"W6", "the purge does not ask which pages are open", broken(
		edit{`if (kind == "client" && await worker.clients.get(id)) used.add(id).add(of);`, ""})},

	{"W7", "with policy fresh a new version waits until all pages are closed", broken(
		edit{"takeOverAtOnce = () => worker.skipWaiting()", "takeOverAtOnce = () => {}"})},
	{"W7", "the first navigation after an update still gets the old page", broken(
		edit{`const of = request.destination != "document" ? await versionOf(event) : void 0;`,
			`let of = request.destination != "document" ? await versionOf(event) : void 0;
    if (request.destination == "document") of = strangers.get(event.clientId);`})},
	{"W7", "a new version loads open pages again", broken(
		edit{"settle().then(() => tidy(true))", `settle().then(() => tidy(true)).then(async () => {
        for (const client of await ownClients()) if (client.navigate) void client.navigate(client.url);
      })`})},
	{"W7", "with policy prompt the visitor's consent is not heard", broken(
		edit{`== "SKIP_WAITING"`, `== "SKIP"`}).with(change(func(s *strategies.Spec) { s.Update = strategies.Prompt }))},

	{"W8", "a page is not found without .html", broken(
		edit{`[asked + ".html"],`, ""})},
	{"W8", "a directory without its last slash is answered in place, so that its relative links break", broken(
		edit{`[asked + "/", true]`, `[asked + "/"]`})},
	{"W8", "other percent-encodings are not understood", broken(
		edit{"?? spelled(table2, normal(path))", ""})},
	{"W8", "a query makes a page unknown", broken(
		edit{"const path = sitePath(url);", "const path = url.search ? void 0 : sitePath(url);"})},
	{"W8", "the offline page has status 200", broken(
		edit{"new Response(body, { status, headers })", "new Response(body, { headers })"})},

	{"W9", "what was redirected is answered as it is stored", broken(
		edit{"stored.redirected || stored.url != request.url ? new Response(stored.body, stored) : stored", "stored"})},
	{"W9", "a page that is mended is answered as it came", broken(
		edit{"return serve(request, stored ?? await mend(event, table2, path));", "return stored ? serve(request, stored) : mend(event, table2, path);"})},
	{"W9", "a route answers a navigation with what was redirected", broken(
		edit{"response?.redirected ? new Response(response.body, response) : response", "response"}).with(routes(cacheFirst))},

	{"W10", "the end of a range is off by one", broken(
		edit{"blob.slice(start2, end)", "blob.slice(start2, end - 1)"})},
	{"W10", "a suffix is taken for a beginning", broken(
		edit{"const start2 = suffix ? Math.max(0, size - +range[2]) : +range[1];", "const start2 = suffix ? +range[2] : +range[1];"})},
	{"W10", "a range behind the end is answered by nothing with status 206", broken(
		edit{"if (start2 >= size) {", "if (false) {"})},

	{"W11", "a failing cache makes the answer fail", broken(
		edit{"answer?.catch(() => void 0)", "answer"})},
	{"W11", "a body that is lost is an error for ever", broken(
		edit{"return serve(request, stored ?? await mend(event, table2, path));", "return stored ? serve(request, stored) : Response.error();"})},
	{"W11", "a full storage is remembered, and no update is tried again", broken(
		edit{"  if (problem) {\n", "  if (problem) {\n    if (isQuota(problem)) await writeRecord(\"full\");\n"},
		edit{"const jobs = missing(", "for (const [kind] of await listRecords()) if (kind == \"full\") throw Error(\"full\");\n  const jobs = missing("})},

	{"W12", "POST requests to precached URLs are answered", broken(
		edit{`if (request.method != "GET") return void 0;`, ""})},
	{"W12", "a route stores private answers", broken(
		edit{"/no-store|private/i", "/no-store/i"}).with(routes(cacheFirst))},
	{"W12", "a route stores the answers to requests with a password", broken(
		edit{` && !request.headers.has("authorization")`, ""}).with(routes(cacheFirst))},
	{"W12", "requests to other origins are answered by the worker", broken(
		edit{"if (answer || navigates)", "if (answer || navigates || url.origin != home.origin)"})},

	{"W13", "network-first does not wait for the network at all", broken(
		edit{"setTimeout(done, shelf2.timeout)", "setTimeout(done, 0)"}).with(routes(apiFirst))},
	{"W13", "network-first does not answer from the cache when the server fails", broken(
		edit{"if (early && !failed(early)) return early;", "if (early) return early;"}).with(routes(apiFirst))},
	{"W13", "cache-first stores what the server says when it fails", broken(
		edit{"response.status == 200 ||", "response.status >= 200 ||"}).with(routes(cacheFirst))},
	{"W13", "stale-while-revalidate does not revalidate", broken(
		edit{`  const fetched = shelf2.fetched(event);
  event.waitUntil(fetched);
  return await shelf2.stored(event.request).catch(() => void 0) ?? fetched;`,
			"  return await shelf2.stored(event.request).catch(() => void 0) ?? shelf2.fetched(event);"},
	).with(routes(strategies.Route{Path: "news/**", Strategy: strategies.StaleWhileRevalidate}))},
	{"W13", "cache-only asks the network", broken(
		edit{"?? Response.error();", "?? fetch(event.request);"}).with(routes(strategies.Route{Path: "kept/**", Strategy: strategies.CacheOnly}))},
	{"W13", "network-only answers from a cache", making{
		spec:  routes(strategies.Route{Path: "live/**", Strategy: strategies.NetworkOnly}),
		code:  ptr(routes(strategies.Route{Path: "live/**", Strategy: strategies.CacheFirst, Cache: "network-only"})),
		edits: []edit{},
	}},
	{"W13", "a route keeps one answer more than max_entries", broken(
		edit{"i >= maxEntries", "i > maxEntries"}).with(routes(strategies.Route{Path: "pictures/**", Strategy: strategies.CacheFirst, MaxEntries: 3}))},
	{"W13", "a route answers with what is older than max_age", broken(
		edit{"if (found && isOld(found)) return void 0;", ""}).with(routes(strategies.Route{Path: "pictures/**", Strategy: strategies.CacheFirst, MaxAge: time.Hour}))},
	{"W13", "a route stores opaque answers without being told", broken(
		edit{`opaque && response.type == "opaque"`, `response.type == "opaque"`}).with(routes(strategies.Route{Host: "cdn.example", Strategy: strategies.CacheFirst}))},
	{"W13", "ignore_query is ignored", broken(
		edit{`if (ignoreQuery) url.search = "";`, ""}).with(routes(strategies.Route{Path: "pictures/**", Strategy: strategies.CacheFirst, IgnoreQuery: true}))},

	{"W14", "the kill worker deletes every cache of the origin", killBroken(
		edit{"const names = await ownCaches();", "const names = await caches.keys();"})},
	{"W14", "the kill worker leaves its own caches behind", killBroken(
		edit{"await Promise.all(names.map((name) => caches.delete(name)));", ""})},
	{"W14", "the kill worker stays registered", killBroken(
		edit{"await worker.registration.unregister();", ""})},
	{"W14", "the kill worker leaves open pages as they are", killBroken(
		edit{"if (client instanceof WindowClient)", "if (false)"})},

	{"W15", "the worker has the code of routes that the site does not have", making{spec: usual(), code: ptr(routes(apiFirst))}},
	{"W15", "the worker answers ranges on a site without media", making{
		spec: change(func(s *strategies.Spec) { s.Ranges = false }), code: ptr(usual()),
	}},
	{"W15", "the worker has a second strategy that no route chooses", making{
		spec: routes(cacheFirst), code: ptr(routes(cacheFirst, strategies.Route{Path: cacheFirst.Path, Strategy: strategies.NetworkFirst, Timeout: time.Second})),
	}},

	{"W16", "a version is noted as complete before it is", broken(
		edit{"const jobs = missing(table2,", "const known = new Set();\n  if ((await listRecords()).some(([kind, id]) => kind == \"version\" && id == version)) await addNames(known, version);\n  const jobs = missing(table2, known.size ? known :"},
		edit{"  let gaps = false;\n", "  let gaps = false;\n  await writeRecord(\"version/\" + version, JSON.stringify(table2.packed));\n"},
		edit{"  if (problem) {\n", "  if (problem) {\n    await dropRecord([\"version\", version]);\n"})},
	{"W16", "an install that was interrupted keeps the next from beginning", broken(
		edit{"  try {\n    await fill(current(), makeRoom);\n  } catch (error) {\n", `  for (const [kind] of await listRecords()) if (kind == "lock") throw Error("at work already");
  await writeRecord("lock");
  try {
    await fill(current(), makeRoom);
    await dropRecord(["lock"]);
  } catch (error) {
    await dropRecord(["lock"]);
`})},
	{"W16", "a take-over that was interrupted is not made up for", broken(
		edit{"if (!active.includes(version)) {", "if (!active.includes(version) && taking) {"},
		edit{"settle().then(() => tidy(true))", "(taking = true, settle()).then(() => tidy(true))"},
		edit{"var settling;", "var settling, taking;"})},
}

func ptr[T any](v T) *T { return &v }

func TestEveryLawHasMutants(t *testing.T) {
	known := make(map[string]int)
	for _, m := range mutants {
		known[m.law]++
	}
	for _, law := range verify.Laws() {
		if known[law.Code] < 2 {
			t.Errorf("%d mutants prove that %s (%s) sees anything, want 2 or more", known[law.Code], law.Code, law.Name)
		}
		delete(known, law.Code)
	}
	for code := range known {
		t.Errorf("there are mutants of %s, which is no law", code)
	}
}

// complete expects a finding to say which law is broken, how, what led there
// and what to do. Only W15, which weighs the worker, needs no browser.
func complete(t *testing.T, code string, f finding.Finding) {
	t.Helper()
	if f.Law != code || f.ID == "" || f.Severity != finding.Error || f.Message == "" || f.Hint == "" {
		t.Errorf("a finding of %s is not complete: %+v", code, f)
	}
	if len(f.Trace) == 0 && code != "W15" {
		t.Errorf("%s %s: nothing tells what led there", code, f)
	}
}

// TestEveryMutantIsCaughtByItsLawAlone is the proof that the laws see what
// they are for, and nothing else.
func TestEveryMutantIsCaughtByItsLawAlone(t *testing.T) {
	for i, m := range mutants {
		if few && i%32 > 0 {
			continue
		}
		t.Run(m.law+" "+m.what, func(t *testing.T) {
			t.Parallel()
			o := verify.Options{Moments: 4}
			if m.law == "W16" {
				o.Moments = 60
			}
			report, err := verify.Run(t.Context(), subject(t, smallSite(), m.making), o)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range report.Verdicts {
				switch {
				case v.Code == m.law && len(v.Findings) == 0:
					t.Errorf("%s does not see it (%d checks) %s", v.Code, v.Checks, v.Skipped)
				case v.Code != m.law && len(v.Findings) > 0:
					t.Errorf("%s complains, too: %s\n%s", v.Code, v.Findings[0], strings.Join(v.Findings[0].Trace, "\n"))
				}
				for _, f := range v.Findings {
					complete(t, v.Code, f)
				}
			}
		})
	}
}

// TestNoSoundWorkerIsAccused runs the workers that the mutants were made from.
func TestNoSoundWorkerIsAccused(t *testing.T) {
	done := make(map[string]bool)
	for _, m := range mutants {
		spec := resolved(t, m.spec)
		name := string(spec.Update)
		for _, r := range spec.Routes {
			name += " " + string(r.Strategy) + " " + r.Host + r.Path
		}
		if done[name] || few && len(done) == 1 {
			continue
		}
		done[name] = true
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, edits := range [][]edit{nil, {}} {
				report, err := verify.Run(t.Context(), subject(t, smallSite(), making{spec: m.spec, edits: edits}), verify.Options{Moments: 6})
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range report.Findings() {
					t.Errorf("%s %s\n%s", f.Law, f, strings.Join(f.Trace, "\n"))
				}
			}
		})
	}
}
