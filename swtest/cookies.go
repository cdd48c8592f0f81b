package swtest

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"
)

// cookies keeps the cookies of a browser. Their lifetime is counted by the
// virtual clock; SameSite and public suffixes are not looked at.
type cookies struct {
	jar *cookiejar.Jar
	now func() time.Time
	set []setCookie
}

// setCookie is a cookie as a response set it.
type setCookie struct {
	url    *url.URL
	cookie *http.Cookie
	until  time.Time // zero: for as long as the browser lives
}

func newCookies(now func() time.Time) *cookies {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err) // without options nothing can fail
	}
	return &cookies{jar: jar, now: now}
}

// Get is the value of the Cookie header for a URL.
func (c *cookies) Get(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	for _, s := range c.set {
		if !s.until.IsZero() && !c.now().Before(s.until) {
			gone := *s.cookie
			gone.MaxAge = -1
			c.jar.SetCookies(s.url, []*http.Cookie{&gone})
		}
	}
	var list []string
	for _, cookie := range c.jar.Cookies(u) {
		list = append(list, cookie.Name+"="+cookie.Value)
	}
	return strings.Join(list, "; ")
}

// Set takes one Set-Cookie line.
func (c *cookies) Set(address, line string) {
	u, err := url.Parse(address)
	if err != nil {
		return
	}
	cookie, err := http.ParseSetCookie(line)
	if err != nil {
		return // browsers ignore it, too
	}
	s := setCookie{url: u, cookie: cookie}
	switch {
	case cookie.MaxAge > 0:
		s.until = c.now().Add(time.Duration(cookie.MaxAge) * time.Second)
	case cookie.MaxAge == 0 && !cookie.Expires.IsZero():
		s.until = cookie.Expires
	case cookie.MaxAge < 0:
		s.until = c.now()
	}
	// The jar's own clock is the real one.
	cookie.MaxAge, cookie.Expires, cookie.RawExpires = 0, time.Time{}, ""
	c.add(s)
}

func (c *cookies) add(s setCookie) {
	kept := c.set[:0:0]
	for _, other := range c.set {
		same := other.cookie.Name == s.cookie.Name && other.cookie.Domain == s.cookie.Domain && other.cookie.Path == s.cookie.Path && other.url.Host == s.url.Host
		if !same {
			kept = append(kept, other)
		}
	}
	c.set = append(kept, s)
	c.jar.SetCookies(s.url, []*http.Cookie{s.cookie})
}

// copy has the same cookies, for another browser.
func (c *cookies) copy(now func() time.Time) *cookies {
	other := newCookies(now)
	for _, s := range c.set {
		other.add(s)
	}
	return other
}
