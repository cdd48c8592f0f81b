package verify

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/glob"
	"github.com/swgen/swgen/strategies"
	"github.com/swgen/swgen/swtest"
)

// example is a route with URLs that it is the first to match.
type example struct {
	strategies.Route
	urls []string // different paths, as many as the route's glob allows
}

// stores says whether the route's strategy stores answers.
func (e example) stores() bool {
	return e.Strategy != strategies.NetworkOnly && e.Strategy != strategies.CacheOnly
}

// asks is what the requests of the route are for.
func (e example) asks() string {
	if len(e.Destination) == 0 {
		return ""
	}
	return e.Destination[0]
}

// navigates says whether the route takes navigations of the site's own.
func (e example) navigates() bool {
	return e.Host == "" && (len(e.Destination) == 0 || slices.Contains(e.Destination, "document"))
}

// url is the n-th of many URLs that the route has as many answers for.
func (e example) url(n int) string {
	if n < len(e.urls) || e.IgnoreQuery {
		return e.urls[n%len(e.urls)]
	}
	return fmt.Sprintf("%s?n=%d", e.urls[0], n)
}

// distinct says for how many URLs the route can be asked.
func (e example) distinct() int {
	if e.IgnoreQuery {
		return len(e.urls)
	}
	return 1 << 10
}

func (e example) ask() swtest.Ask {
	ask := swtest.Ask{Destination: e.asks()}
	if e.Host != "" {
		ask.Mode = "cors"
	}
	return ask
}

// get makes a request that the route answers.
func (e example) get(tab *swtest.Tab, u string) *swtest.Response {
	if e.asks() == "document" {
		return tab.Navigate(u)
	}
	return tab.Ask(u, e.ask())
}

// routesWithExamples are the routes for GET for which an example is found.
func (t *trial) routesWithExamples() []example {
	if t.subject.Spec == nil {
		return nil
	}
	var list []example
	for i, r := range t.subject.Spec.Routes {
		e := example{Route: r}
		for _, word := range []string{"verify", "swgen", "x", "1"} {
			u := exampleURL(t.subject, r, word)
			if !slices.Contains(e.urls, u) && firstRoute(t.subject, u, e.asks()) == i && t.content(&t.subject.Deployment, pathOnSite(u)) == nil {
				e.urls = append(e.urls, u)
			}
		}
		if len(e.urls) > 0 && r.Method == http.MethodGet {
			list = append(list, e)
		}
	}
	return list
}

// pathOnSite is a URL as manifests write it.
func pathOnSite(u string) string { return strings.TrimPrefix(u, home) }

// exampleURL is a URL that a route may match, made of a word.
func exampleURL(s *Subject, r strategies.Route, word string) string {
	origin := home
	if r.Host != "" {
		origin = "https://" + strings.ReplaceAll(r.Host, "*", "elsewhere.test")
	}
	name := r.Path
	if name == "" {
		name = "swgen-verify/" + word
	}
	name = filled(name, word)
	if r.Host == "" {
		name = strings.TrimPrefix(s.Base, "/") + name
	}
	return origin + (&url.URL{Path: "/" + name}).EscapedPath()
}

// filled is a glob with every choice made: the first of several, and a word
// for what may be anything.
func filled(pattern, word string) string {
	for {
		open := strings.IndexAny(pattern, "{[")
		if open < 0 {
			break
		}
		shut := strings.IndexAny(pattern[open:], "}]")
		if shut < 0 {
			break
		}
		inside := pattern[open+1 : open+shut]
		if pattern[open] == '{' {
			inside, _, _ = strings.Cut(inside, ",")
		} else {
			inside = inside[:min(1, len(inside))]
		}
		pattern = pattern[:open] + inside + pattern[open+shut+1:]
	}
	return strings.NewReplacer("**", word, "*", word, "?", word[:1]).Replace(pattern)
}

// firstRoute is the position of the route that answers a GET, -1 without one.
func firstRoute(s *Subject, target, destination string) int {
	u, err := url.Parse(target)
	if err != nil {
		return -1
	}
	return slices.IndexFunc(s.Spec.Routes, func(r strategies.Route) bool {
		path, inside := u.Path, true
		if own := u.Scheme+"://"+u.Host == home; own {
			path, inside = strings.CutPrefix(u.Path, s.Base)
			inside = inside && r.Host == ""
		} else {
			path = strings.TrimPrefix(path, "/")
			inside = r.Host == "*" || r.Host == u.Host
		}
		if r.Path != "" {
			p, err := glob.Compile(r.Path)
			inside = inside && err == nil && p.Match(path)
		}
		return inside && r.Method == http.MethodGet && (len(r.Destination) == 0 || slices.Contains(r.Destination, destination))
	})
}
