package report_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"html"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/internal/inventory"
	"github.com/swgen/swgen/internal/report"
	"github.com/swgen/swgen/manifest"
)

func write(t *testing.T, r *report.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// between is what stands between two texts, the first of which is there once.
func between(t *testing.T, text, start, end string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, start)
	inner, after, ended := strings.Cut(rest, end)
	if !found || !ended || strings.Contains(after, start) {
		t.Fatalf("there is not one %q with an end", start)
	}
	return inner
}

// data is the block of data, decoded.
func data(t *testing.T, page string) (d struct {
	Site            string
	Findings        []finding.Finding
	Laws            []report.Law
	Fates           []string
	Causes          [][]any
	Pages, Files    [][]any
	Totals          struct{ Duplicates [][]int }
	Worker, Subject string
}) {
	t.Helper()
	if err := json.Unmarshal([]byte(between(t, page, `<script type="application/json" id="data">`, "</script>")), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func compare(t *testing.T, what string, got any, want string) {
	t.Helper()
	text, err := json.Marshal(got)
	if err != nil || string(text) != want {
		t.Errorf("%s: %v %s\nwant %s", what, err, text, want)
	}
}

// hostile are names that files may have and that mean something elsewhere.
var hostile = []string{
	`</script><script>alert(1)</script>`, `<!--<script>`, `]]>-->`, `"'` + "`" + `${x}\`, "a\u2028b\u2029c", "__proto__", "constructor",
	"{{.}}", `" onload="x`, "</style><img src=x onerror=y>", "javascript:x", "\x00\x1b[31m", "é\u0301 ﷽ 🧭",
}

func TestNamesOfASiteAreText(t *testing.T) {
	for _, name := range hostile {
		r := &report.Report{
			Site: name, Worker: name, Subject: name, Base: name, Host: name, Version: name,
			Laws:     []report.Law{{Code: "W1", Name: name, Sentence: name, Skipped: name}},
			Findings: []finding.Finding{{ID: name, Path: name, Message: name, Hint: name, Trace: []string{name}}},
			Pages:    []report.Page{{URL: name, File: name, Fate: "broken", Reasons: []report.Reason{{Fate: "broken", URL: name, In: name, Line: 3, Why: name}}}},
			Inventory: &inventory.Inventory{
				Files: 1, Bytes: 2, Types: []inventory.TypeTotal{{Type: manifest.Page, Total: inventory.Total{Files: 1, Bytes: 2}}},
				List: []inventory.File{{URL: name, Path: name, Bytes: 2, Type: manifest.Page, Examples: []inventory.Example{{Page: name, In: name, Line: 1, Weight: "soft"}}}},
			},
		}
		page := write(t, r)
		for _, tag := range []string{"<script", "</script", "<style", "</style", "<img", "<!--", "onerror=y>"} {
			if got, want := strings.Count(page, tag), strings.Count(write(t, &report.Report{}), tag); got != want {
				t.Errorf("%q: %s occurs %d times instead of %d", name, tag, got, want)
			}
		}
		d := data(t, page)
		for what, got := range map[string]any{
			"site": d.Site, "law": d.Laws[0].Name, "finding": d.Findings[0].Trace[0], "cause": d.Causes[0][1], "reason": d.Pages[0][3].([]any)[1],
			"page": d.Pages[0][0], "file": d.Files[0][1], "example": d.Files[0][8].([]any)[0],
		} {
			if got != name {
				t.Errorf("%s: %q came out as %q", what, name, got)
			}
		}
		if title := html.UnescapeString(between(t, page, "<title>", "</title>")); title != strings.ReplaceAll(name, "\x00", "\ufffd")+" offline · swgen" {
			t.Errorf("the title of %q is %q", name, title)
		}
	}
}

func TestSameReportSameBytes(t *testing.T) {
	r := &report.Report{Site: "public", Findings: []finding.Finding{{ID: "x", Message: "y"}}}
	for i := range 40 {
		url := "/" + strings.Repeat("a", i)
		r.Pages = append(r.Pages, report.Page{URL: url, File: url + ".html", Fate: "degraded", Reasons: []report.Reason{{Fate: "degraded", URL: "/i", Why: url[:i/4]}}})
	}
	first := write(t, r)
	for range 3 {
		if write(t, r) != first {
			t.Fatal("the bytes differ")
		}
	}
}

// TestWhatRunsIsNamedByItsHash holds the policy to the page: nothing else may
// run, and nothing is asked for anywhere.
func TestWhatRunsIsNamedByItsHash(t *testing.T) {
	page := write(t, &report.Report{Site: "public"})
	policy := html.UnescapeString(between(t, page, `http-equiv="Content-Security-Policy" content="`, `"`))
	for directive, element := range map[string]string{"script-src": "<script>", "style-src": "<style>"} {
		sum := sha256.Sum256([]byte(between(t, page, element, "</"+element[1:])))
		if want := directive + " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "';"; !strings.Contains(policy, want) {
			t.Errorf("%q lacks %s", policy, want)
		}
	}
	if !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
		t.Error(policy)
	}
	for _, attribute := range regexp.MustCompile(`(?i)\b(?:src|href|action)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if attribute[1] != "#main" && attribute[1] != "data:," {
			t.Error(attribute[0])
		}
	}
	if elsewhere := regexp.MustCompile(`https?://\S*|@import|url\(`).FindAllString(page, -1); len(elsewhere) > 0 {
		t.Error(elsewhere)
	}
}

func TestReasonsThatPagesShareAreWrittenOnce(t *testing.T) {
	lack := func(in string, line int) report.Reason {
		return report.Reason{Fate: "degraded", URL: "/i.png", In: in, Line: line, Why: "is not there"}
	}
	d := data(t, write(t, &report.Report{
		Pages: []report.Page{
			{URL: "/", File: "index.html", Fate: "works"},
			{URL: "/a", File: "a.html", Fate: "degraded", Reasons: []report.Reason{lack("a.html", 3)}},
			{URL: "/b", File: "b.html", Fate: "broken", Reasons: []report.Reason{{Fate: "broken", URL: "/b", Why: "fails"}, lack("s.css", 9)}},
		},
		Inventory: &inventory.Inventory{
			List: []inventory.File{
				{URL: "/p", Path: "p", Bytes: 9, Type: manifest.Other, Same: "/q"}, {URL: "/q", Path: "q", Bytes: 9, Type: manifest.Other, Pages: 2, Assumed: 1, Weight: "soft"},
			},
			Pages:      []inventory.Page{{URL: "/b", File: "b.html", Needs: 1, Own: 2, Bytes: 11, Unique: 2, Shared: 9}},
			Duplicates: []inventory.Duplicate{{Bytes: 9, URLs: []string{"/q", "/p"}, Spare: 9}},
		},
	}))
	compare(t, "causes", d.Causes, `[[1,"/i.png","is not there"],[3,"/b","fails"]]`)
	compare(t, "pages", d.Pages, `[["/","index.html",0,[],0,0,0,0],["/a","a.html",1,[0,"a.html",3],0,0,0,0],["/b","b.html",3,[1,"",0,0,"s.css",9],1,2,11,2]]`)
	compare(t, "files", d.Files, `[["/p","p",9,"other",1,0,0,"",[]],["/q","q",9,"other",-1,2,1,"soft",[]]]`)
	compare(t, "duplicates", d.Totals.Duplicates, `[[1,0]]`)
}

func TestWhatNobodyLookedAtIsNotInTheReport(t *testing.T) {
	page := write(t, &report.Report{})
	if d := data(t, page); d.Pages != nil || d.Files != nil || strings.Contains(page, `"totals"`) {
		t.Error(d)
	}
	if d := data(t, write(t, &report.Report{Pages: []report.Page{}, Inventory: &inventory.Inventory{}})); d.Pages == nil || d.Files == nil {
		t.Error("looked at, and nothing is there:", d)
	}
}

// TestEveryFileOfThePageIsInIt finds sources that nobody puts in.
func TestEveryFileOfThePageIsInIt(t *testing.T) {
	page := write(t, &report.Report{})
	files, err := os.ReadDir("page")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		text, err := os.ReadFile("page/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, f.Name())
		if f.Name() != "report.html" && !strings.Contains(page, string(text)) {
			t.Errorf("%s is not in the page", f.Name())
		}
	}
	if !slices.Contains(names, "report.html") {
		t.Error(names)
	}
}
