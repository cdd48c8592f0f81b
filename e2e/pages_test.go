package e2e

import (
	"net/http"
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
// network, some with all files precached and all without images, styles and
// fonts: what Chromium then misses is what verify said, no less and no more.
func TestPagesFareAsVerifySays(t *testing.T) {
	t.Parallel()
	opened := 0
	for i, f := range fixtures {
		for j, exclude := range [][]string{nil, {"**/*.{png,jpg,jpeg,svg,webp,css,woff2}"}} {
			if exclude == nil && i > 3 {
				continue // another test opens every page of whole sites
			}
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
				server := preview.New(unkept(result.Handler(site)), preview.Options{Exact: true, Log: func(preview.Line) {}})
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
					broken := tab.Broken(func(r browsertest.Response) bool { return f.mayLack(r, origin+"/") })
					for _, r := range tab.Responses() {
						path := pathAndQuery(t, origin, r.URL)
						says, is := slices.Contains(misses, path), slices.ContainsFunc(broken, func(b browsertest.Response) bool { return b.URL == r.URL })
						switch {
						case path == "" || says == is:
						case is && f.mayLack(r, origin+"/"):
						default:
							t.Errorf("%s, which %s: %s is broken %v, and verify says %v (%v)", p.URL, p.Fate, path, is, says, misses)
						}
					}
				}
			})
		}
	}
	if opened < 100 {
		t.Errorf("only %d pages were opened", opened)
	}
}

// unkept answers like a handler, and lets no HTTP cache keep anything.
func unkept(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(noStore{w}, r) })
}

type noStore struct{ http.ResponseWriter }

func (n noStore) WriteHeader(status int) {
	n.Header().Set("Cache-Control", "no-store")
	n.Header().Del("ETag")
	n.ResponseWriter.WriteHeader(status)
}

func (n noStore) Write(b []byte) (int, error) {
	n.Header().Set("Cache-Control", "no-store")
	return n.ResponseWriter.Write(b)
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
