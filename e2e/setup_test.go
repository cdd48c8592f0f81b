package e2e

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/swgen/swgen"
)

// The ways in which a page registers a worker.
const (
	inline  = `<script>CALL</script>`
	nonce   = `<script nonce="n">CALL</script>`
	handler = `<body onload='CALL'>`
	file    = `<script src="/FILE"></script>`
	module  = `<script type="module" src="/FILE"></script>`
	checked = `<script src="/FILE" integrity="HASH"></script>`
	onLoad  = `<script>addEventListener("load", () => { CALL })</script>`
	typed   = `<script>outcome = navigator.serviceWorker.register(trustedTypes.createPolicy("p", { createScriptURL: u => u }).createScriptURL("/sw.js"), { scope: "/PAGE" })</script>`
	byName  = `<script>trustedTypes.createPolicy("default", { createScriptURL: u => u }); CALL</script>`
)

// policies are headers, or meta elements in pages, and how the page registers
// its worker. ORIGIN is where the page is, FILE a script that CALLs, which has
// the HASH.
var policies = []struct{ header, page string }{
	{"img-src 'self'", inline},
	{"script-src 'self'", inline},
	{"script-src 'self'", file},
	{"script-src 'self'", module},
	{"script-src 'unsafe-inline'", inline},
	{"script-src 'self' 'unsafe-inline'", inline},
	{"script-src 'self' 'unsafe-inline' 'nonce-n'", inline},
	{"worker-src 'none'", inline},
	{"WORKER-SRC 'None'", inline},
	{"worker-src", inline},
	{"worker-src 'none' 'self'", inline},
	{"worker-src 'self'; worker-src 'none'", inline},
	{"worker-src 'self', worker-src 'none'", inline},
	{"child-src 'none'; script-src * 'unsafe-inline'", inline},
	{"child-src 'none'; worker-src *", inline},
	{"default-src 'none'", file},
	{"default-src 'self'", file},
	{"default-src 'none'; script-src 'self'", file},
	{"default-src 'none'; script-src 'self'; connect-src 'none'", file},
	{"script-src-elem 'unsafe-inline'; script-src 'none'", inline},
	{"script-src-elem 'unsafe-inline'; script-src 'none'; worker-src 'self'", inline},

	{"script-src 'nonce-n'", nonce},
	{"script-src 'nonce-n' 'self'", nonce},
	{"script-src 'nonce-m' 'self'", nonce},
	{"script-src 'nonce-n' 'strict-dynamic'", nonce},
	{"script-src 'nonce-n' 'strict-dynamic' 'self'", file},
	{"default-src 'nonce-n' 'strict-dynamic'", nonce},
	{"worker-src 'strict-dynamic'", inline},
	{"child-src 'strict-dynamic'", inline},
	{"script-src 'HASH' 'self'", inline},
	{"script-src 'HASH'; worker-src 'self'", checked},
	{"script-src 'sha256-AAAA'; worker-src 'self'", checked},
	{"script-src 'self' 'unsafe-inline'", handler},
	{"script-src 'self' 'HASH'", handler},
	{"script-src 'self' 'HASH' 'unsafe-hashes'", handler},
	{"script-src-attr 'none'", handler},

	{"script-src ORIGIN/FILE", file},
	{"script-src ORIGIN/FILE ORIGIN/sw.js", file},
	{"script-src localhost:*", file},
	{"script-src http://localhost", file},
	{"worker-src ORIGIN/", inline},
	{"worker-src ORIGIN/dir/", inline},
	{"worker-src ORIGIN/sw", inline},
	{"worker-src ORIGIN/%73w.js", inline},
	{"worker-src ORIGIN/sw.js?x#y", inline},
	{"worker-src *", inline},
	{"worker-src http:", inline},
	{"worker-src https:", inline},
	{"worker-src ws:", inline},
	{"worker-src *:*", inline},
	{"worker-src *:1", inline},
	{"worker-src LOCALHOST:*", inline},

	{"sandbox", inline},
	{"sandbox allow-scripts", inline},
	{"sandbox allow-scripts allow-same-origin", inline},
	{"require-trusted-types-for 'script'", inline},
	{"require-trusted-types-for 'script'", typed},
	{"require-trusted-types-for 'script'; trusted-types p", typed},
	{"require-trusted-types-for 'script'; trusted-types q", typed},
	{"require-trusted-types-for 'script'; trusted-types *", typed},
	{"require-trusted-types-for 'script'; trusted-types", typed},
	{"require-trusted-types-for 'script'", byName},
	{"require-trusted-types-for 'script'; trusted-types default", byName},

	{"", meta("worker-src 'none'") + inline},
	{"", meta("script-src 'self'") + inline},
	{"", inline + meta("script-src 'self'")},
	{"", onLoad + meta("worker-src 'none'")},
	{"", meta("sandbox; img-src 'self'") + inline},
	{"", meta("img-src 'self', worker-src 'none'") + inline},
	{"", "<body>" + meta("worker-src 'none'") + inline},
	{"", "</head> " + meta("worker-src 'none'") + inline},
	{"worker-src 'self'", meta("worker-src 'none'") + inline},
}

func meta(policy string) string {
	return `<meta http-equiv="Content-Security-Policy" content="` + policy + `">`
}

// concerned are the pages that a finding names.
var concerned = regexp.MustCompile(`/(p\d+)\b`)

// TestPoliciesForbidWhatVerifySays: whether register() succeeds in Chromium
// under a policy is what verify says of the set-up.
func TestPoliciesForbidWhatVerifySays(t *testing.T) {
	t.Parallel()
	var answer http.Handler
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer.ServeHTTP(w, r) }))
	t.Cleanup(web.Close)
	origin := strings.Replace(web.URL, "127.0.0.1", "localhost", 1)
	site := texts("index.html", "<!doctype html><title>home</title><link rel=canonical href="+origin+"/>")
	headers := ""
	for i, c := range policies {
		page := fmt.Sprintf("p%d", i)
		call := fmt.Sprintf(`outcome = navigator.serviceWorker.register("/sw.js?%d", { scope: "/%s" })`, i, page)
		hash := sha256.Sum256([]byte(call))
		fill := strings.NewReplacer("ORIGIN", origin, "HASH", "sha256-"+base64.StdEncoding.EncodeToString(hash[:]), "FILE", page+".js", "PAGE", page, "CALL", call)
		site = with(site, page+".js", call, page+".html", "<!doctype html><html><head><title>page</title>"+fill.Replace(c.page))
		if c.header != "" {
			headers += "/" + page + "\n  Content-Security-Policy: " + fill.Replace(c.header) + "\n"
		}
	}
	site = with(site, "_headers", headers)
	result := build(t, site, swgen.Config{Host: "netlify", Register: "none", Exclude: []string{"p*"}, Allow: []string{"index.html"}})
	answer = result.Handler(site)
	report, err := swgen.Verify(t.Context(), site, result.Result, nil, swgen.VerifyOptions{Laws: []string{"W1"}, Pages: true})
	must(t, err)
	says := make(map[string]string)
	for _, f := range report.Setup {
		if strings.HasPrefix(f.ID, "csp-") || f.ID == "trusted-types" {
			for _, named := range concerned.FindAllStringSubmatch(f.Message, -1) {
				says[named[1]] += f.Message
			}
		}
	}

	tab := sharedBrowser(t).NewTab(t)
	good := 0
	for i, c := range policies {
		page := fmt.Sprintf("p%d", i)
		must(t, tab.Navigate(origin+"/"+page))
		// What is sandboxed may run no script, and what is blocked has none.
		_ = tab.Eval("Promise.resolve(window.outcome).then(() => {})", nil)
		must(t, tab.Navigate(origin+"/_headers")) // a page without policies
		registered := eval[bool](t, tab, "navigator.serviceWorker.getRegistration('/"+page+"').then(r => r ? r.unregister() : false)")
		if registered == (says[page] != "") {
			t.Errorf("%s: %s\n%s\nregistered %v, and verify says %q", page, c.header, c.page, registered, says[page])
		}
		if registered {
			good++
		}
	}
	if good < 20 || good > len(policies)-20 {
		t.Errorf("%d of %d register", good, len(policies))
	}
}
