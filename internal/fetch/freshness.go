package fetch

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// directives are those of Cache-Control, names in lower case, the first of
// each name; a directive without argument is "".
type directives map[string]string

func parseDirectives(headers Headers) directives {
	list := headers.List("Cache-Control")
	if list == nil {
		return nil
	}
	d := make(directives, len(list))
	for _, item := range list {
		name, argument, _ := strings.Cut(item, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := d[name]; !twice {
			d[name] = strings.Trim(argument, "\t \"")
		}
	}
	return d
}

func (d directives) has(name string) bool {
	_, ok := d[name]
	return ok
}

// seconds is a directive's argument; one that is no number is 0.
func (d directives) seconds(name string) (time.Duration, bool) {
	argument, ok := d[name]
	n, _ := strconv.ParseUint(argument, 10, 31) // too large a number is the largest
	return time.Duration(n) * time.Second, ok
}

// use is what may be done with a stored response.
type use int

const (
	stale use = iota // only after the server confirmed it
	whileRevalidating
	fresh
)

// use applies the rules of RFC 9111 section 4.2, and the request's own wishes
// (section 5.2.1).
func (k *kept) use(req *Request, now time.Time) use {
	asks := parseDirectives(req.Headers)
	age := k.age(now)
	if req.Cache == "no-cache" || asks.has("no-cache") || k.directives.has("no-cache") {
		return stale
	}
	if limit, ok := asks.seconds("max-age"); ok && age > limit {
		return stale
	}
	lifetime := k.lifetime()
	least, _ := asks.seconds("min-fresh")
	if age+least < lifetime {
		return fresh
	}
	grace, ok := k.directives.seconds("stale-while-revalidate")
	if ok && !k.directives.has("must-revalidate") && age < lifetime+grace {
		return whileRevalidating
	}
	return stale
}

// hasLifetime says whether the server said how long the response keeps.
func (k *kept) hasLifetime() bool {
	return k.directives.has("max-age") || k.record.Headers.Has("Expires") || k.directives.has("public") || k.directives.has("private")
}

// lifetime is the freshness lifetime (section 4.2.1). A tenth of the time since
// the last change is the guess when the server says nothing.
func (k *kept) lifetime() time.Duration {
	if age, ok := k.directives.seconds("max-age"); ok {
		return age
	}
	headers := k.record.Headers
	if expires, ok := headers.Get("Expires"); ok {
		at, err := http.ParseTime(expires)
		if err != nil {
			return 0
		}
		return at.Sub(k.date())
	}
	if pragma, _ := headers.Get("Pragma"); k.directives == nil && strings.EqualFold(pragma, "no-cache") {
		return 0
	}
	modified, _ := headers.Get("Last-Modified")
	at, err := http.ParseTime(modified)
	if err != nil {
		return 0
	}
	return max(0, k.date().Sub(at)/10)
}

// age is the current age (section 4.2.3).
func (k *kept) age(now time.Time) time.Duration {
	age := max(0, k.arrived.Sub(k.date()))
	if value, ok := k.record.Headers.Get("Age"); ok {
		if n, err := strconv.ParseUint(value, 10, 31); err == nil {
			age = max(age, time.Duration(n)*time.Second+k.arrived.Sub(k.asked))
		}
	}
	return age + now.Sub(k.arrived)
}

// date is when the response was made.
func (k *kept) date() time.Time {
	value, ok := k.record.Headers.Get("Date")
	if at, err := http.ParseTime(value); ok && err == nil {
		return at
	}
	return k.arrived
}

// isCacheableByDefault says whether a status may be kept without being told
// how long (RFC 9110 section 15.1).
func isCacheableByDefault(status int) bool {
	switch status {
	case 200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501:
		return true
	}
	return false
}

// isSafe says whether a method only reads (RFC 9110 section 9.2.1).
func isSafe(method string) bool {
	return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE"
}
