package e2e

import (
	"bytes"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/swgen/swgen/internal/browsertest"
	"github.com/swgen/swgen/internal/inventory"
	"github.com/swgen/swgen/internal/report"
	"github.com/swgen/swgen/manifest"
)

// openReport opens a report from a server that has nothing else. quiet holds
// the page to have asked for nothing else and complained about nothing.
func openReport(t *testing.T, page []byte) (tab *browsertest.Tab, quiet func()) {
	t.Helper()
	var mu sync.Mutex
	var asked []string
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.URL.String())
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(page)
	}))
	t.Cleanup(web.Close)
	tab = sharedBrowser(t).NewTab(t)
	must(t, tab.Resize(1280, 1000))
	must(t, tab.Navigate(web.URL+"/report"))
	return tab, func() {
		t.Helper()
		mu.Lock()
		defer mu.Unlock()
		same(t, "what was asked of the server", asked, []string{"/report"})
		same(t, "the console", tab.Console(), []browsertest.Message{})
		if responses := tab.Responses(); len(responses) != 1 {
			t.Errorf("the report is not all in one file: %v", responses)
		}
	}
}

// TestTheReportIsUsable is the report of a real site, with some files whose
// names mean something to browsers and no images in the precache.
func TestTheReportIsUsable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	site, file := filepath.Join(dir, "public"), filepath.Join(dir, "report.html")
	must(t, os.CopyFS(site, os.DirFS("../testdata/sites/hugo-pretty")))
	for _, name := range []string{"<img src=x onerror=alert(1)>.html", "__proto__/constructor.html", "a\u2028b.css", "</html>.html"} {
		must(t, os.MkdirAll(filepath.Dir(filepath.Join(site, name)), 0o755))
		must(t, os.WriteFile(filepath.Join(site, name), []byte("<!doctype html><title>x</title>"), 0o644))
	}
	command := exec.Command("go", "run", "../cmd/swgen", "verify", site, "--base", "/", "--exclude", "img/**", "--report", file)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	page, err := os.ReadFile(file)
	must(t, err)
	tab, quiet := openReport(t, page)

	same(t, "sections", eval[[]string](t, tab, `[...document.querySelectorAll("#contents a")].map(a => a.textContent)`),
		"[Pages Precache Weight Files Duplicates Promises Findings]")
	same(t, "a name that is no element", eval[bool](t, tab, `document.querySelector("main").textContent.includes("<img src=x onerror=alert(1)>.html")`), true)
	same(t, "images", eval[int](t, tab, `document.images.length`), 0)
	same(t, "what has no name", eval[[]string](t, tab,
		`[...document.querySelectorAll("a, button, input")].filter(e => !(e.textContent.trim() || e.ariaLabel || e.labels?.length)).map(e => e.outerHTML)`), []string{})
	treemapByKeyboard(t, tab)
	listsOfTheReport(t, tab)
	looksOfTheReport(t, tab)
	quiet()
	// What a site might smuggle in does not run.
	same(t, "a script in the page", eval[string](t, tab, `(() => {
		try { document.body.insertAdjacentHTML("beforeend", "<b>x</b>") } catch (e) { return e.name }
	})()`), "TypeError")
}

// TestTreemapsAreSquarified divides the example of the paper, and more.
func TestTreemapsAreSquarified(t *testing.T) {
	t.Parallel()
	var page bytes.Buffer
	must(t, report.Write(&page, &report.Report{}))
	tab, quiet := openReport(t, page.Bytes())
	type rect struct{ X, Y, Width, Height float64 }
	for _, c := range []struct {
		weights       []float64
		width, height float64
		worst         float64 // the greatest ratio of two sides
	}{
		{[]float64{6, 6, 4, 3, 2, 2, 1}, 600, 400, 2.8},
		{[]float64{1}, 300, 100, 3},
		{[]float64{1000, 1, 1, 1}, 100, 700, 40},
		{slices.Repeat([]float64{5}, 400), 1100, 500, 1.5},
	} {
		rects := eval[[]rect](t, tab, fmt.Sprintf("squarify(%s, { x: 0, y: 0, width: %v, height: %v })", strings.ReplaceAll(fmt.Sprint(c.weights), " ", ","), c.width, c.height))
		sum := 0.0
		for _, w := range c.weights {
			sum += w
		}
		for i, r := range rects {
			if want := c.weights[i] / sum * c.width * c.height; math.Abs(r.Width*r.Height-want) > 1e-6*want {
				t.Errorf("%v: part %d has %v square pixels, want %v", c.weights, i, r.Width*r.Height, want)
			}
			if r.X < -1e-6 || r.Y < -1e-6 || r.X+r.Width > c.width+1e-6 || r.Y+r.Height > c.height+1e-6 {
				t.Errorf("%v: part %d is outside: %v", c.weights, i, r)
			}
			if ratio := max(r.Width/r.Height, r.Height/r.Width); ratio > c.worst {
				t.Errorf("%v: part %d is %v by %v", c.weights, i, r.Width, r.Height)
			}
			for j, o := range rects[:i] {
				if min(r.X+r.Width, o.X+o.Width)-max(r.X, o.X) > 1e-6 && min(r.Y+r.Height, o.Y+o.Height)-max(r.Y, o.Y) > 1e-6 {
					t.Errorf("%v: parts %d and %d overlap", c.weights, i, j)
				}
			}
		}
		if len(rects) != len(c.weights) {
			t.Errorf("%d parts of %d", len(rects), len(c.weights))
		}
	}
	quiet()
}

// treemapByKeyboard moves among cells, goes into a directory and out again.
func treemapByKeyboard(t *testing.T, tab *browsertest.Tab) {
	t.Helper()
	focused := func() string {
		return eval[string](t, tab, `document.activeElement.closest(".treemap") ? document.activeElement.ariaLabel : "elsewhere"`)
	}
	trail := func() string {
		return eval[string](t, tab, `[...document.querySelectorAll(".trail li:not(.sum)")].map(li => li.textContent).join(" > ")`)
	}
	if n := eval[int](t, tab, `document.querySelectorAll(".treemap button").length`); n < 15 {
		t.Errorf("only %d cells", n)
	}
	same(t, "cells in the order of Tab", eval[int](t, tab, `document.querySelectorAll('.treemap [tabindex="0"]').length`), 1)
	must(t, tab.Eval(`document.querySelector(".trail").previousSibling.querySelector("button:last-child").focus()`, nil))
	must(t, tab.Press("Tab"))
	first := focused()
	must(t, tab.Press("ArrowRight"))
	if next := focused(); next == first || next == "elsewhere" {
		t.Errorf("the arrow leads from %s to %s", first, next)
	}
	same(t, "the tip", eval[bool](t, tab, `document.getElementById("tip").hidden`), false)
	must(t, tab.Press("Home"))
	same(t, "the first cell", focused(), first)
	must(t, tab.Eval(`[...document.querySelectorAll(".treemap .frame")].find(b => b.ariaLabel.startsWith("exhibits/")).focus()`, nil))
	must(t, tab.Press("Enter"))
	same(t, "inside", trail(), "all files > exhibits")
	if inner := focused(); !strings.HasPrefix(inner, "exhibits/") {
		t.Errorf("inside, the focus is on %s", inner)
	}
	must(t, tab.Press("End"))
	must(t, tab.Press("Enter")) // on a file: why it is in
	if why := eval[string](t, tab, `document.querySelector(".chosen-file").textContent`); !strings.Contains(why, "It is a page: visitors open it.") {
		t.Errorf("the page that was chosen: %q", why)
	}
	must(t, tab.Press("Escape"))
	same(t, "outside", trail(), "all files")
	if outer := focused(); !strings.HasPrefix(outer, "exhibits/, ") {
		t.Errorf("outside, the focus is on %s", outer)
	}
	must(t, tab.Eval(`document.querySelector("#map summary").click()`, nil))
	must(t, tab.WaitFor(`document.querySelectorAll("#map tbody tr").length > 8`, 5*time.Second))
	must(t, tab.Eval(`[...document.querySelectorAll("#map .chip")].find(b => b.textContent == "By type").click()`, nil))
	same(t, "types", eval[bool](t, tab, `[...document.querySelectorAll(".treemap .frame")].some(b => b.textContent.startsWith("page"))`), true)
}

// listsOfTheReport filters, searches, sorts and opens rows.
func listsOfTheReport(t *testing.T, tab *browsertest.Tab) {
	t.Helper()
	rows := func(list string) []string {
		return eval[[]string](t, tab, fmt.Sprintf(`[...document.querySelectorAll("%s tbody tr:not(.detail)")].map(r => r.innerText.replaceAll(/\s+/g, " ").trim())`, list))
	}
	click := func(list, text string) {
		t.Helper()
		must(t, tab.Eval(fmt.Sprintf(`[...document.querySelectorAll("%s button")].find(b => b.textContent.trim().startsWith("%s")).click()`, list, text), nil))
	}
	all := rows("#page-list")
	click("#page-list", "degraded")
	degraded := rows("#page-list")
	if len(degraded) == 0 || len(degraded) >= len(all) || slices.ContainsFunc(degraded, func(r string) bool { return !strings.Contains(r, "degraded") }) {
		t.Errorf("filtered %d rows to %v", len(all), degraded)
	}
	must(t, tab.Eval(`document.querySelector("#page-list .toggle").click()`, nil))
	if why := eval[string](t, tab, `document.querySelector("#page-list .detail:not([hidden])").innerText`); !strings.Contains(why, ".png is not precached: img/**") || !strings.Contains(why, "css/plain.css:3") {
		t.Errorf("why a page is degraded: %s", why)
	}
	click("#page-list", "All")
	same(t, "all again", rows("#page-list"), all)
	click("#causes", fmt.Sprint(len(degraded)))
	same(t, "pages with one cause", rows("#page-list"), degraded)
	click("#page-list", "show all")

	click("#file-list", "Size")
	heaviest := rows("#file-list")
	click("#file-list", "Size")
	lightest := rows("#file-list")
	same(t, "sorting", eval[string](t, tab, `document.querySelector("#file-list [aria-sort]").ariaSort`), "ascending")
	if slices.Reverse(lightest); len(heaviest) < 10 || !strings.Contains(heaviest[0], "/audio/horn.wav media 60 kB 1 page needs it") || !strings.Contains(lightest[0], "horn.wav") {
		t.Errorf("%v\n%v", heaviest, lightest)
	}
	click("#file-list", "no page needs it")
	if unneeded := rows("#file-list"); len(unneeded) == 0 || !strings.Contains(unneeded[0], "no page needs it") {
		t.Errorf("what no page needs: %q", unneeded)
	}
	click("#file-list", "All")
	if n := len(heaviest); n > 25 || !eval[bool](t, tab, `document.querySelector("#file-list .status").textContent.endsWith("files")`) {
		t.Errorf("%d rows", n)
	}
}

// looksOfTheReport looks at it dark and light, wide and narrow.
func looksOfTheReport(t *testing.T, tab *browsertest.Tab) {
	t.Helper()
	backgrounds := make(map[string]bool)
	for _, scheme := range []string{"light", "dark"} {
		must(t, tab.Prefer("prefers-color-scheme", scheme))
		backgrounds[eval[string](t, tab, `getComputedStyle(document.documentElement).backgroundColor`)] = true
		for _, width := range []int{1280, 360} {
			must(t, tab.Resize(width, 1000))
			must(t, tab.Eval(`scrollTo(0, 0)`, nil))
			if wide := eval[int](t, tab, `document.documentElement.scrollWidth`); wide > width {
				t.Errorf("%s: %d pixels wide on a screen of %d", scheme, wide, width)
			}
			image, err := tab.Screenshot()
			must(t, err)
			if !bytes.HasPrefix(image, []byte("\x89PNG")) {
				t.Error("the screenshot is no image")
			}
			must(t, os.WriteFile(filepath.Join(t.ArtifactDir(), fmt.Sprintf("report-%s-%d.png", scheme, width)), image, 0o644))
		}
	}
	same(t, "backgrounds", len(backgrounds), 2)
}

// TestTheReportOfALargeSiteIsQuick: 32,000 pages are few elements.
func TestTheReportOfALargeSiteIsQuick(t *testing.T) {
	t.Parallel()
	r := &report.Report{Site: "large", Inventory: &inventory.Inventory{Types: []inventory.TypeTotal{{Type: manifest.Page, Total: inventory.Total{Files: 32_000, Bytes: 1}}}}}
	for i := range 32_000 {
		url := fmt.Sprintf("/%d/%d/page-%d.html", i%5, i%311, i)
		one := report.Page{URL: url, File: url[1:], Fate: "works"}
		if i%3 == 0 {
			one.Fate = "degraded"
			one.Reasons = []report.Reason{{Fate: "degraded", URL: fmt.Sprintf("/%d.png", i%1000), In: url[1:], Line: i, Why: "is not there, with a network either"}}
		}
		r.Pages = append(r.Pages, one)
		r.Inventory.List = append(r.Inventory.List, inventory.File{URL: url, Path: url[1:], Bytes: int64(1000 + i%7919), Type: manifest.Page})
	}
	var page bytes.Buffer
	must(t, report.Write(&page, r))
	tab, quiet := openReport(t, page.Bytes())
	timing, err := tab.NavigationTiming()
	must(t, err)
	elements := eval[int](t, tab, `document.getElementsByTagName("*").length`)
	t.Logf("%d bytes, loaded in %.0f ms, %d elements", page.Len(), timing.Load, elements)
	if elements > 5000 || timing.Load > 10_000 {
		t.Error("that is too much")
	}
	must(t, tab.Eval(`document.querySelector("#page-list .more").click()`, nil))
	same(t, "after asking for more", eval[int](t, tab, `document.querySelectorAll("#page-list tbody tr:not(.detail)").length`), 225)
	must(t, tab.Eval(`(() => { const search = document.querySelector("#page-list input"); search.value = "PAGE-31999"; search.dispatchEvent(new Event("input")) })()`, nil))
	same(t, "found", eval[string](t, tab, `document.querySelector("#page-list .status").textContent`), "1 of 32,000 pages")
	quiet()
}
