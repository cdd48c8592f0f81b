package fetch

import (
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/weburl"
)

// http is the standard's HTTP fetch.
func (r *run) http(preflight bool) *Response {
	resp := r.intercepted()
	if resp == nil {
		if preflight {
			if failure := r.preflight(); failure != nil {
				return failure
			}
		}
		if r.req.Redirect == "follow" {
			r.req.SkipServiceWorker = true // redirects of the network are no worker's business
		}
		resp = r.networkOrCache()
		if !resp.IsError() && r.tainting == "cors" {
			if why := r.corsFailure(resp); why != "" {
				resp.cancel()
				return r.blockedByCORS("request", why)
			}
		}
	}
	if resp.IsError() {
		return resp
	}
	internal := resp.Unfiltered()
	if (r.tainting == "opaque" || resp.Type == "opaque") && r.blockedByResourcePolicy(internal) {
		internal.cancel()
		policy, _ := internal.Headers.Get("Cross-Origin-Resource-Policy")
		return r.fail("the response's Cross-Origin-Resource-Policy is %q, the request comes from %s", policy, r.req.Origin)
	}
	if !isRedirect(internal.Status) {
		return resp
	}
	return r.redirected(resp)
}

// redirected does with a redirect what the request's redirect mode says.
func (r *run) redirected(resp *Response) *Response {
	internal := resp.Unfiltered()
	switch r.req.Redirect {
	case "error":
		internal.cancel()
		return r.fail("redirected (status %d), but the request's redirect mode is \"error\"", internal.Status)
	case "manual":
		if r.req.Mode != "navigate" {
			return opaqueRedirect(internal)
		}
		if _, ok, _ := r.location(internal); !ok {
			return resp // a page like any other
		}
		redirect := opaqueRedirect(internal)
		redirect.next = func(co *eventloop.Co) *Response {
			return r.abortably(co, func() *Response { return r.follow(resp) })
		}
		return redirect
	}
	return r.follow(resp)
}

// intercepted asks whoever intercepts; nil when the network is to answer.
func (r *run) intercepted() *Response {
	if r.req.SkipServiceWorker || r.f.Intercept == nil {
		return nil
	}
	resp, handled := r.f.Intercept(r.co, r.req.Clone())
	if !handled {
		return nil
	}
	if r.streams() {
		r.req.Body.Cancel()
	}
	why := ""
	switch {
	case resp.Type == "error":
		if why = resp.Reason; why == "" {
			why = "an \"error\" response was passed to respondWith()"
		}
	case r.req.Mode == "same-origin" && resp.Type == "cors":
		why = "a \"cors\" response was used for a request whose mode is \"same-origin\""
	case r.req.Mode != "no-cors" && resp.Type == "opaque":
		why = "an \"opaque\" response was used for a request whose mode is not \"no-cors\", but \"" + r.req.Mode + "\""
	case r.req.Redirect != "manual" && resp.Type == "opaqueredirect":
		why = "an \"opaqueredirect\" response was used for a request whose redirect mode is not \"manual\", but \"" + r.req.Redirect + "\""
	case r.req.Redirect != "follow" && resp.Redirected():
		why = "a redirected response was used for a request whose redirect mode is not \"follow\", but \"" + r.req.Redirect + "\""
	default:
		return r.adopt(resp)
	}
	resp.Unfiltered().cancel()
	return r.fail("the FetchEvent resulted in a network error: %s", why)
}

// adopt makes a worker's response this fetch's own, which will change it. The
// body stays the one that the worker may read or abort, too.
func (r *run) adopt(resp *Response) *Response {
	c := *resp
	c.Source, c.next = "worker", nil
	if c.Internal != nil {
		internal := *c.Internal
		internal.Source = "worker"
		c.Internal = &internal
	}
	r.hold(c.Unfiltered())
	return &c
}

// hold lets an abort of this fetch reach the response's body.
func (r *run) hold(resp *Response) {
	if r.fate != nil && resp.Body != nil {
		r.fate.hold(resp.Body)
	}
}

// location is where a redirect leads; not ok when it says nothing.
func (r *run) location(internal *Response) (url string, ok bool, err error) {
	values := internal.Headers.Values("Location")
	if len(values) == 0 {
		return "", false, nil
	}
	base := internal.URL()
	if base == "" {
		base = r.req.URL // made by a worker; browsers, unlike the standard, do as the network would
	}
	u, err := weburl.Parse(values[0], base)
	if err != nil {
		return "", true, err
	}
	if _, fragment, ok := strings.Cut(r.req.URL, "#"); ok && !strings.Contains(u.Href, "#") {
		return u.Href + "#" + fragment, true, nil
	}
	return u.Href, true, nil
}

// follow is the standard's HTTP-redirect fetch.
func (r *run) follow(resp *Response) *Response {
	req, internal := r.req, resp.Unfiltered()
	url, ok, err := r.location(internal)
	if !ok {
		return resp
	}
	internal.cancel()
	values := slices.Compact(internal.Headers.Values("Location"))
	crossOrigin := !weburl.SameOrigin(req.URL, url)
	switch {
	case err != nil:
		return r.fail("redirected to an %v", err)
	case len(values) > 1:
		return r.fail("redirected to several places: %q", values)
	case !isHTTP(url):
		return r.fail("redirected to %s, which is neither http nor https", url)
	case r.redirects == 20:
		return r.fail("more than 20 redirects")
	case hasCredentials(url) && (r.tainting == "cors" || req.Mode == "cors" && !weburl.SameOrigin(req.Origin, url)):
		return r.blockedByCORS("redirect", "the URL "+url+" contains credentials")
	case internal.Status != 303 && r.streams():
		return r.fail("redirected (status %d), but the request's body is a stream, which cannot be sent again", internal.Status)
	}
	r.redirects++
	if (internal.Status == 301 || internal.Status == 302) && req.Method == "POST" ||
		internal.Status == 303 && req.Method != "GET" && req.Method != "HEAD" {
		req.Method, req.Body = "GET", nil
		for _, name := range []string{"Content-Encoding", "Content-Language", "Content-Location", "Content-Type"} {
			req.Headers.Del(name)
		}
	}
	if crossOrigin {
		req.Headers.Del("Authorization")
	}
	req.URL = url
	r.urls = append(slices.Clip(r.urls), url)
	r.setReferrerPolicy(internal)
	return r.main(req.Redirect != "manual")
}

func hasCredentials(url string) bool {
	_, rest, _ := strings.Cut(url, "://")
	end := strings.IndexAny(rest, "/?#")
	return end >= 0 && strings.Contains(rest[:end], "@")
}
