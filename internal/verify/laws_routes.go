package verify

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/swgen/swgen/strategies"
	"github.com/swgen/swgen/swtest"
)

var routeLaws = []Law{
	{Code: "W13", Name: "promise tables", Sentence: "Routes keep their strategy's promises: cached or not, network up, down, slow or failing, which answer, what is stored.", needs: routed, check: promiseTables},
}

func routed(s *Subject) string {
	if s.Spec == nil || len(s.Spec.Routes) == 0 {
		return "there are no routes"
	}
	return ""
}

func promiseTables(t *trial) {
	for i, route := range t.subject.Spec.Routes {
		url := t.example(i)
		if url == "" || route.Method != http.MethodGet {
			continue
		}
		strategy, _ := strategies.Find(route.Strategy)
		for _, promise := range strategy.Promises {
			t.promise(route, url, promise)
		}
	}
}

// example is a URL that a route is the first to match, "" when none is found.
func (t *trial) example(i int) string {
	routes := t.subject.Spec.Routes
	origin := home
	if routes[i].Host != "" {
		origin = "https://" + strings.NewReplacer("**", "any.example", "*", "any").Replace(routes[i].Host)
	}
	name := strings.NewReplacer("**/", "verify/", "**", "verify", "*", "verify", "?", "v").Replace(routes[i].Path)
	if routes[i].Host == "" {
		name = strings.TrimPrefix(t.subject.Base, "/") + name
	}
	url := origin + "/" + name
	if strings.ContainsAny(url, "{}[]") || routes[i].Path == "" {
		return ""
	}
	for _, earlier := range routes[:i] {
		if earlier.Host == routes[i].Host && (earlier.Path == routes[i].Path || strings.HasPrefix(earlier.Path, "**")) {
			return ""
		}
	}
	return url
}

// ticking answers every request of a URL with another number.
type ticking struct {
	count   int
	network strategies.Network
}

const stormy = http.StatusServiceUnavailable

func (n *ticking) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	n.count++
	w.Header().Set("Content-Type", "text/plain")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Access-Control-Allow-Origin", "*")
	if n.network == strategies.Failing {
		w.WriteHeader(stormy)
	}
	fmt.Fprint(w, n.count)
}

// promise plays one row of a promise table.
func (t *trial) promise(route strategies.Route, url string, p strategies.Promise) {
	b := t.copy(t.now)
	server := &ticking{network: strategies.Up}
	slow := time.Duration(route.Timeout) + time.Minute
	b.Network.Script(func(q *swtest.Request) swtest.Weather {
		if q.URL != url {
			return swtest.Weather{}
		}
		w := swtest.Weather{Answer: server, Fail: server.network == strategies.Down}
		if server.network == strategies.Slow {
			w.Delay = slow
		}
		return w
	})
	tab := b.Open(home + t.scope())
	cache := "swgen:" + t.scope() + " route " + route.Cache
	if p.Cached {
		if _, err := tab.Eval(fmt.Sprintf("caches.open(%q).then(c => c.put(%q, new Response('0')))", cache, url)); err != nil {
			t.check(false, b, url, "", "the cache cannot be used: %v", err)
			return
		}
	}
	server.network = p.Network
	b.Network.Forget()
	got := tab.Get(url)
	_ = b.Settle()
	b.Advance(2 * slow)
	when := fmt.Sprintf("%s, cached %t, network %s", route.Strategy, p.Cached, p.Network)
	t.check(answered(got, p.Answer), b, url, "", "%s: the answer should come from the %s, and is %s %q", when, p.Answer, describe(got), got.Text())
	asked := false
	for _, q := range b.Network.Requests() {
		asked = asked || q.URL == url
	}
	t.check(asked == p.Asked, b, url, "", "%s: a request reached the network: %t, promised: %t", when, asked, p.Asked)
	held := ""
	for _, e := range b.Entries(home) {
		if e.Cache == cache && e.URL == url {
			held = string(e.Body)
		}
	}
	t.check((held != "" && held != "0") == p.Stored, b, url, "", "%s: the answer was stored: %t, promised: %t", when, held != "" && held != "0", p.Stored)
}

// answered says whether a response is from where it should be; the cache holds
// the number 0.
func answered(p *swtest.Response, from strategies.Answer) bool {
	switch from {
	case strategies.FromCache:
		return p.Err == nil && p.Text() == "0"
	case strategies.FromNetwork:
		return p.Err == nil && p.Text() != "0" && p.Text() != ""
	}
	return p.Err != nil
}
