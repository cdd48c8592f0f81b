package e2e

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/preview"
)

// TestThePreviewShowsWhoAnswers: the network on the first visit, the worker on
// the next and, once the switch is off, alone.
func TestThePreviewShowsWhoAnswers(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var lines []string
	site := small("1")
	server := preview.New(build(t, site, swgen.Config{Base: "/"}).Handler(site), preview.Options{Log: func(l preview.Line) {
		mu.Lock()
		defer mu.Unlock()
		lines = append(lines, fmt.Sprint(l.Who, " ", l.Status, " ", l.URL))
	}})
	web := httptest.NewServer(server)
	t.Cleanup(web.Close)
	logged := func(want string) {
		t.Helper()
		for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			mu.Lock()
			all := strings.Join(lines, "; ")
			mu.Unlock()
			if strings.Contains(all, want) {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("not logged: %s\n%s", want, all)
			}
		}
	}
	origin := strings.Replace(web.URL, "127.0.0.1", "localhost", 1)
	tab := install(t, sharedBrowser(t), origin+"/")
	logged("network 200 /style.css")
	must(t, tab.Navigate(origin+"/about/"))
	logged("worker 200 /about/")
	logged("worker 200 /app.js")
	server.Offline(true)
	must(t, tab.Navigate(origin+"/flat.html"))
	logged("worker 200 /flat.html")
	must(t, tab.Eval("fetch('/nowhere').catch(() => {})", nil))
	logged("offline 0 /nowhere")

	// The page of the switch works, dark and light, without the network.
	must(t, tab.Navigate(origin+"/.swgen/"))
	must(t, tab.WaitFor("document.getElementById('state').textContent == 'off'", 5*time.Second))
	must(t, tab.Eval("document.getElementById('switch').click()", nil))
	must(t, tab.WaitFor("document.getElementById('state').textContent == 'on'", 5*time.Second))
	if server.IsOffline() {
		t.Error("the button does not switch")
	}
}
