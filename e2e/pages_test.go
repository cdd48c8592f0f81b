package e2e

import (
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/browsertest"
	"github.com/swgen/swgen/internal/preview"
)

// TestPagesFareAsVerifySays opens every page of the real sites without a
// network, once with all files precached and once without images, styles and
// data: what Chromium then misses is what verify said, no less and no more.
func TestPagesFareAsVerifySays(t *testing.T) {
	t.Parallel()
	opened := 0
	for i, f := range fixtures {
		for j, exclude := range [][]string{nil, {"**/*.{png,jpg,jpeg,svg,webp,css,json,woff2}"}} {
			host := []string{"github-pages", "cloudflare-pages", "netlify"}[(i+j)%3]
			name := f.name + " on " + host
			if exclude != nil {
				name += ", half of it"
			}
			t.Run(name, func(t *testing.T) {
				site := os.DirFS("../testdata/sites/" + f.name)
				result := build(t, site, swgen.Config{Host: host, Exclude: exclude})
				report, err := swgen.Verify(t.Context(), site, result.Result, nil, swgen.VerifyOptions{Laws: []string{"W1"}, Pages: true})
				must(t, err)
				server := preview.New(result.Handler(site), preview.Options{Exact: true, Log: func(preview.Line) {}})
				web := httptest.NewServer(server)
				t.Cleanup(web.Close)
				origin := strings.Replace(web.URL, "127.0.0.1", "localhost", 1)
				tab := install(t, sharedBrowser(t), origin+f.base)
				server.Offline(true)
				for _, p := range report.Pages.List {
					opened++
					var misses []string
					for _, r := range p.Reasons {
						misses = append(misses, r.URL)
					}
					_ = tab.Navigate(origin + p.URL) // a page that does not come is among what is broken
					broken := tab.Broken()
					for _, r := range tab.Responses() {
						path := pathAndQuery(t, origin, r.URL)
						says, is := slices.Contains(misses, path), slices.ContainsFunc(broken, func(b browsertest.Response) bool { return b.URL == r.URL })
						switch {
						case path == "" || says == is:
						case is && slices.ContainsFunc(f.missing, func(m missing) bool {
							return m.kind == r.Type && m.path.MatchString(strings.TrimPrefix(r.URL, origin+"/"))
						}):
						default:
							t.Errorf("%s, which %s: %s is broken %v, and verify says %v (%v)", p.URL, p.Fate, path, is, says, misses)
						}
					}
				}
			})
		}
	}
	if opened < 150 {
		t.Errorf("only %d pages were opened", opened)
	}
}

// pathAndQuery is a URL of the site as verify writes it, "" for others.
func pathAndQuery(t *testing.T, origin, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	must(t, err)
	if !strings.HasPrefix(address, origin+"/") {
		return ""
	}
	return u.RequestURI()
}
