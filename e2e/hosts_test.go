package e2e

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/host"
	"github.com/swgen/swgen/internal/preview"
)

// addresses is a site whose pages are files of every shape.
func addresses() fstest.MapFS {
	return texts(
		"index.html", "<!doctype html><title>Home</title>",
		"flat.html", "<!doctype html><title>Flat</title>",
		"folder/index.html", "<!doctype html><title>Folder</title>",
		"both.html", "<!doctype html><title>Both, the file</title>",
		"both/index.html", "<!doctype html><title>Both, the folder</title>",
		"ünï cödé/a b.html", "<!doctype html><title>Unicode</title>",
		"404.html", "<!doctype html><title>Not here</title>",
	)
}

// spelled are addresses of its pages and of none.
var spelled = []string{
	"", "index", "index.html", "folder/index", "flat", "flat/", "flat.html", "folder", "folder/", "folder/index.html", "both", "both/", "both.html", "both/index.html",
	"%C3%BCn%C3%AF%20c%C3%B6d%C3%A9/a%20b", "%c3%bcn%c3%af%20c%c3%b6d%c3%a9/a%20b.html", "flat?q=1", "folder?q=1", "nothing/here",
}

// TestHostsAndWorkersAgree asks for every spelling of every page, of the host
// and, without a network, of the worker: both show the same page at the same
// address. Hosts that answer alike and have the same worker are one test.
func TestHostsAndWorkersAgree(t *testing.T) {
	t.Parallel()
	type alike struct {
		names, worker, answers string
		result                 built
	}
	var hosts []*alike
	for _, p := range host.Profiles() {
		site := addresses()
		one := &alike{names: p.ID, result: build(t, site, swgen.Config{Base: "/repo/", Host: p.ID})}
		one.worker = string(one.result.Worker.Code) + string(one.result.Worker.Manifest)
		web := httptest.NewServer(one.result.Handler(site))
		for _, asked := range spelled {
			page, _ := online(t, web.URL+"/repo/"+asked)
			one.answers += page + "\n"
		}
		web.Close()
		if i := slices.IndexFunc(hosts, func(h *alike) bool { return h.worker == one.worker && h.answers == one.answers }); i >= 0 {
			hosts[i].names += " " + p.ID
		} else {
			hosts = append(hosts, one)
		}
	}
	for _, h := range hosts {
		t.Run(h.names, func(t *testing.T) {
			t.Parallel()
			site, result := addresses(), h.result
			server := preview.New(result.Handler(site), preview.Options{Exact: true, Log: func(preview.Line) {}})
			web := httptest.NewServer(server)
			t.Cleanup(web.Close)
			origin := strings.Replace(web.URL, "127.0.0.1", "localhost", 1)
			tab := install(t, sharedBrowser(t), origin+"/repo/")
			for _, asked := range spelled {
				if h.names == "firebase-clean" && asked == "folder/" {
					continue // shown in place by the host; the worker, which cannot tell it from flat/, redirects
				}
				server.Offline(false)
				want, found := online(t, origin+"/repo/"+asked)
				server.Offline(true)
				err := tab.Navigate(origin + "/repo/" + asked)
				got, _ := tab.Title()
				at, _ := tab.URL()
				got += " at " + sameSpelling(t, at)
				// What a host does not know a worker may.
				if found && (err != nil || got != want) {
					t.Errorf("%s: offline %q (%v), online %q", asked, got, err, want)
				}
			}
		})
	}
}

// online is the title and the address that a host leads to.
func online(t *testing.T, address string) (page string, found bool) {
	t.Helper()
	response, err := http.Get(address)
	must(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	must(t, err)
	_, title, _ := strings.Cut(string(body), "<title>")
	title, _, _ = strings.Cut(title, "</title>")
	return title + " at " + sameSpelling(t, response.Request.URL.String()), response.StatusCode == http.StatusOK
}

// sameSpelling is an address with its percent-encodings in one way.
func sameSpelling(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	must(t, err)
	return u.Path + "?" + u.RawQuery
}
