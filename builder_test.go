package swgen

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// TestABuilderBuildsWhatABuildFromScratchWould changes a site at random, and
// lets some of what is built be written into it.
func TestABuilderBuildsWhatABuildFromScratchWould(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 7))
		site := reaching()
		config := Config{
			Exclude: []string{"drafts/**"}, Optional: []string{"*.png"}, MaxFileSize: 400,
			Precache: []string{"files", "reachable"}[seed%2], Host: []string{"", "cloudflare-pages"}[seed/2%2],
		}
		w := NewBuilder(site, config)
		for round := range 12 {
			for range r.IntN(4) {
				w.Changed(alter(r, site)...)
			}
			got, err := w.Build(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			want, err := Build(t.Context(), site, config)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got.Findings, want.Findings) || !reflect.DeepEqual(got.Exclusions, want.Exclusions) {
				t.Fatalf("seed %d, round %d:\n%v %v, from scratch\n%v %v", seed, round, got.Findings, got.Exclusions, want.Findings, want.Exclusions)
			}
			files, scratch := written(t, got), written(t, want)
			if !reflect.DeepEqual(files, scratch) {
				t.Fatalf("seed %d, round %d: %v, from scratch %v", seed, round, names(files), names(scratch))
			}
			if r.IntN(2) == 0 {
				for name, content := range files {
					site[name] = &fstest.MapFile{Data: []byte(content)}
					w.Wrote(name)
				}
			}
		}
	}
}

// written are the outputs of a build.
func written(t *testing.T, result *Result) map[string]string {
	t.Helper()
	files := make(map[string]string)
	for _, o := range result.Outputs {
		content, err := o.Content()
		if err != nil {
			t.Fatal(err)
		}
		files[o.Path] = string(content)
	}
	return files
}

func names(files map[string]string) (list []string) {
	for name := range files {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// alter does something to a site, and says what has changed.
func alter(r *rand.Rand, site fstest.MapFS) []string {
	dir := []string{"", "drafts/", "a/b/"}[r.IntN(3)]
	name := dir + []string{"one.html", "two.html", "404.html", "app.js", "site.css", "near.png", "keys.txt"}[r.IntN(7)]
	switch r.IntN(5) {
	case 0:
		delete(site, name)
	case 1:
		for other := range site {
			if dir != "" && strings.HasPrefix(other, dir) {
				delete(site, other)
			}
		}
		return []string{"a", "drafts"}
	default:
		page := func(body string) string {
			return fmt.Sprintf("<!doctype html><html lang=en><head><title>%d</title></head><body>%s</body></html>", r.IntN(3), body)
		}
		content := []string{
			page("<img src=/near.png alt=''>"), page("<a href=/one.html>one</a>"),
			page("<script>navigator.serviceWorker.register('/other.js')</script>"), "navigator.serviceWorker.register('/other.js')",
			"<meta http-equiv=refresh content='0; url=/'>", "-----BEGIN PRIVATE KEY-----", strings.Repeat("large ", 100),
		}[r.IntN(7)]
		site[name] = &fstest.MapFile{Data: []byte(content)}
	}
	changed := []string{name}
	if _, err := fs.Stat(site, strings.TrimSuffix(dir, "/")); err != nil && dir != "" {
		changed = append(changed, "a", "drafts") // in a MapFS, empty directories go by themselves
	}
	return changed
}

func TestWhatWasWrittenIsNoOutputAgain(t *testing.T) {
	site := reaching()
	w := NewBuilder(site, Config{})
	count := func() int {
		result, err := w.Build(t.Context())
		if err != nil || result.Failed(false) {
			t.Fatal(err, result.Findings)
		}
		for name, content := range written(t, result) {
			site[name] = &fstest.MapFile{Data: []byte(content)}
			w.Wrote(name)
		}
		return len(result.Outputs)
	}
	// Five pages, and the worker, its manifest and the registration.
	if first, second := count(), count(); first != 8 || second != 3 {
		t.Errorf("%d outputs, then %d", first, second)
	}
	site["near.html"] = &fstest.MapFile{Data: []byte("<!doctype html><html lang=en><title>new</title>")}
	w.Changed("near.html")
	if third := count(); third != 4 {
		t.Errorf("%d outputs after a page was written anew", third)
	}
}
