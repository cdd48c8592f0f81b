package csp

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const self = "https://a.example/dir/page.html"

func one(t testing.TB, text string) Policy {
	t.Helper()
	switch list := Parse(text); len(list) {
	case 0:
		return Policy{}
	case 1:
		return list[0]
	}
	t.Fatalf("several policies in %q", text)
	return Policy{}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "",
		" ; ;, ;":                          "",
		"default-src 'self'":               "default-src 'self'",
		"Default-SRC\t'self'  b.example ;": "default-src 'self' b.example",
		"a b; a c; d":                      "a b; d",
		"a é; b":                           "b",
		"a 'self', b 'none'":               "a 'self' | b 'none'",
		"a\u00a0b c":                       "",
	} {
		var policies []string
		for _, p := range Parse(text) {
			var directives []string
			for _, d := range p.directives {
				directives = append(directives, d.String())
			}
			policies = append(policies, strings.Join(directives, "; "))
		}
		if got := strings.Join(policies, " | "); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	if by := ParseMeta("sandbox; worker-src 'none'")[0].Sandbox("allow-scripts"); by != "" {
		t.Error(by)
	}
}

// TestSources is which sources match https://a.example/dir/sw.js, from a page
// of the same origin.
func TestSources(t *testing.T) {
	for source, want := range map[string]bool{
		"'self'": true, "'SELF'": true, "'none'": false, "*": true, "": false, "'unsafe-inline'": false, "self": false,
		"https:": true, "HTTPS:": true, "http:": true, "wss:": false, "ws:": false, "data:": false, "https": false, ":": false,
		"a.example": true, "A.Example": true, "b.example": false, "example": false, "*.example": true, "*.a.example": false, "a.example.": false,
		"https://a.example": true, "http://a.example": true, "ftp://a.example": false, "://a.example": false, "https://*": true, "https://": false,
		"a.example:443": true, "a.example:0443": true, "a.example:80": true, "https://a.example:80": false, "http://a.example:80": true, "a.example:8443": false,
		"a.example:*": true, "*:*": true, "*:8080": false, "a.example:": false, "a.example:x": false,
		"a.example/": true, "a.example/dir/": true, "a.example/dir": false, "a.example/dir/sw.js": true, "a.example/DIR/": false,
		"a.example/%64ir/": true, "a.example/dir/sw.js/": false, "a.example/di": false, "a.example/%zz": false, "a.example/dir/sw.js?v": true, "a.example/dir/#x": true,
		"a_b.example": false, "a..example": false, "*a.example": false, "*.*.example": false, "'nonce-abc'": false,
	} {
		if got := one(t, "worker-src "+source).Worker("https://a.example/dir/sw.js", self) == ""; got != want {
			t.Errorf("%s: %v", source, got)
		}
	}
}

func TestSelfIsUpgraded(t *testing.T) {
	for pair, want := range map[string]bool{
		"http://a.example https://a.example/x":           true,
		"http://a.example ws://a.example/x":              true,
		"https://a.example http://a.example/x":           false,
		"https://a.example wss://a.example/x":            true,
		"https://a.example https://a.example:444/x":      false,
		"http://a.example:8080 https://a.example:8080/x": true,
		"https://a.example https://b.a.example/x":        false,
		"data:x data:x": false,
	} {
		from, to, _ := strings.Cut(pair, " ")
		if got := one(t, "connect-src 'self'").Connection(to, from) == ""; got != want {
			t.Errorf("%s: %v", pair, got)
		}
	}
}

func TestFallbacks(t *testing.T) {
	for policy, want := range map[string]string{
		"":                                      "",
		"default-src 'none'":                    "worker default-src 'none' connect default-src 'none' script default-src 'none'",
		"default-src 'none'; script-src *":      "connect default-src 'none'",
		"default-src *; script-src 'none'":      "worker script-src 'none' script script-src 'none'",
		"script-src 'none'; child-src *":        "script script-src 'none'",
		"child-src 'none'; worker-src *":        "",
		"worker-src 'none'":                     "worker worker-src 'none'",
		"worker-src":                            "worker worker-src",
		"script-src-elem 'none'; script-src *":  "script script-src-elem 'none'",
		"script-src-elem *; default-src 'none'": "worker default-src 'none' connect default-src 'none'",
		"script-src 'strict-dynamic' 'nonce-n'": "script script-src 'strict-dynamic' 'nonce-n'",
		"default-src 'strict-dynamic'":          "connect default-src 'strict-dynamic' script default-src 'strict-dynamic'",
		"worker-src 'strict-dynamic'":           "",
		"connect-src b.example":                 "connect connect-src b.example",
		"object-src 'none'":                     "",
	} {
		p := one(t, policy)
		var got []string
		for what, by := range map[string]string{
			"worker": p.Worker("https://a.example/sw.js", self), "connect": p.Connection("https://a.example/x", self),
			"script": p.Script(Script{URL: "https://a.example/x.js"}, self),
		} {
			if by != "" {
				got = append(got, what+" "+by)
			}
		}
		slices.SortFunc(got, func(a, b string) int {
			return strings.Index("worker connect script", a[:5]) - strings.Index("worker connect script", b[:5])
		})
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %q, want %q", policy, got, want)
		}
	}
}

func TestScripts(t *testing.T) {
	const text = "x()"
	hash := "'sha256-" + sum("sha256", text) + "'"
	urlHash := strings.NewReplacer("+", "-", "/", "_").Replace(hash[8:])
	inline, handler, file := Script{Text: text}, Script{Text: text, Handler: true}, Script{URL: "https://a.example/x.js"}
	with := func(s Script, nonce, integrity string) Script {
		s.Nonce, s.Integrity = nonce, integrity
		return s
	}
	for _, c := range []struct {
		sources string
		script  Script
		allowed bool
	}{
		{"'self'", inline, false}, {"'unsafe-inline'", inline, true}, {"'UNSAFE-inline'", handler, true}, {"*", inline, false},
		{"'unsafe-inline' 'nonce-n'", inline, false}, {"'unsafe-inline' " + hash, handler, false}, {"'unsafe-inline' 'strict-dynamic'", inline, false},
		{"'nonce-n'", with(inline, "n", ""), true}, {"'nonce-n'", with(inline, "m", ""), false}, {"'NONCE-n'", with(file, "n", ""), true}, {"'nonce-'", with(file, "", ""), false},
		{"'nonce-n'", with(handler, "n", ""), false}, {"'nonce-n'", with(inline, "N", ""), false}, {"'nonce-n!'", with(inline, "n!", ""), false},
		{hash, inline, true}, {"'SHA256" + hash[7:], inline, true}, {"'sha256-" + urlHash, inline, true}, {hash, Script{Text: "y()"}, false}, {hash, handler, false},
		{hash + " 'unsafe-hashes'", handler, true}, {"'sha384-" + sum("sha384", text) + "'", inline, true}, {"'sha512-" + sum("sha512", text) + "'", inline, true},
		{"'sha1-abc'", inline, false},
		{"'self'", file, true}, {"'none'", file, false}, {"'nonce-n' 'strict-dynamic' 'self'", file, false}, {"'nonce-n' 'strict-dynamic'", with(file, "n", ""), true},
		{hash, with(file, "", hash[1:len(hash)-1]), true}, {hash, with(file, "", "sha256-AAAA"), false}, {hash, with(file, "", hash[1:len(hash)-1]+" sha512-AAAA"), false},
		{hash, with(file, "", "md5-x "+hash[1:len(hash)-1]+"?a"), true}, {hash, with(file, "", "md5-x"), false},
	} {
		if by := one(t, "script-src "+c.sources).Script(c.script, self); (by == "") != c.allowed {
			t.Errorf("%s: %+v: %q", c.sources, c.script, by)
		}
	}
	if by := one(t, "script-src-attr 'none'; script-src-elem 'unsafe-inline'").Script(handler, self); by != "script-src-attr 'none'" {
		t.Error(by)
	}
}

func TestSandboxAndTypes(t *testing.T) {
	for policy, want := range map[string]string{
		"":                                   "",
		"sandbox":                            "scripts",
		"sandbox ALLOW-scripts":              "",
		"require-trusted-types-for 'script'": "types",
		"require-trusted-types-for script":   "",
		"trusted-types":                      "p",
		"trusted-types 'none'":               "p",
		"trusted-types p":                    "",
		"trusted-types P":                    "p",
		"trusted-types * 'allow-duplicates'": "",
	} {
		p := one(t, policy)
		got := ""
		for what, by := range map[string]string{"scripts": p.Sandbox("allow-scripts"), "types": p.TrustedTypes(), "p": p.TypePolicy("p")} {
			if by != "" {
				got += what
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", policy, got, want)
		}
	}
}

func TestOrigins(t *testing.T) {
	got := one(t, "script-src 'self' https: *.a.example http://b.example:80/x c.example:8443; connect-src * c.example:*/ b.example").Origins()
	if want := "[https://www.a.example https://b.example https://c.example:8443 https://c.example]"; fmt.Sprint(got) != want {
		t.Error(got)
	}
}

// oracle matches a host-source by a regular expression on the whole URL, for
// URLs without default ports and escapes.
func oracle(scheme, host, port, path, url string) bool {
	if scheme+port+path == "" && host == "*" {
		return true // of any port
	}
	schemes := map[string]string{"": "https", "http": "https?", "https": "https", "ws": "wss?"}[scheme]
	if schemes == "" {
		schemes = regexp.QuoteMeta(scheme)
	}
	name := regexp.QuoteMeta(host)
	if host == "*" {
		name = "[^/:]+"
	} else if rest, ok := strings.CutPrefix(host, "*."); ok {
		name = `[^/:]*\.` + regexp.QuoteMeta(rest)
	}
	end := "/.*"
	if path != "" && path != "/" {
		if end = regexp.QuoteMeta(path) + "$"; strings.HasSuffix(path, "/") {
			end = regexp.QuoteMeta(path)
		}
	}
	colon := map[string]string{"": "", "*": "(:[0-9]+)?", "443": "", "80": ""}[port]
	if strings.Trim(port, "0123456789") == "" && port != "" && port != "443" && port != "80" {
		colon = ":" + port
	}
	return regexp.MustCompile(`(?i)^` + schemes + `://` + name + colon + `(?-i)` + end).MatchString(url)
}

func FuzzSources(f *testing.F) {
	f.Add(uint8(0), uint8(1), uint8(2), uint8(3), uint8(0), uint8(0), uint8(0))
	f.Add(uint8(1), uint8(3), uint8(1), uint8(4), uint8(1), uint8(2), uint8(5))
	pick := func(list []string, i uint8) string { return list[int(i)%len(list)] }
	f.Fuzz(func(t *testing.T, s, h, p, q, uh, up, uq uint8) {
		scheme := pick([]string{"", "https", "http", "wss", "ws", "ftp"}, s)
		host := pick([]string{"*", "a.example", "*.example", "b.a.example", "A.EXAMPLE", "*.a.example"}, h)
		port := pick([]string{"", "*", "443", "8443"}, p)
		path := pick([]string{"", "/", "/a", "/a/", "/a/b.js", "/a/b.js/", "/A/"}, q)
		url := "https://" + pick([]string{"a.example", "b.a.example", "c.b.a.example", "example"}, uh) + pick([]string{"", ":8443", ":81"}, up) + pick([]string{"/", "/a", "/a/", "/a/b.js", "/a/c", "/ab"}, uq)
		source := host
		if scheme != "" {
			source = scheme + "://" + source
		}
		if port != "" {
			source += ":" + port
		}
		source += path
		if got, want := (sourceList{source}).matches(url, self), oracle(scheme, host, port, path, url); got != want {
			t.Errorf("%s matches %s: %v, and the oracle says %v", source, url, got, want)
		}
	})
}

// FuzzPolicies: nothing panics, one more source forbids nothing that was
// allowed, and what is written out again means the same.
func FuzzPolicies(f *testing.F) {
	for _, text := range []string{"default-src 'self'; script-src 'nonce-a' 'strict-dynamic'", "worker-src https://*.example.com:*/a/%", "sandbox, trusted-types *", "connect-src 'sha256-' ' *.", "a://b:c/d?e#f"} {
		f.Add(text, "https://a.example/x?y", "'self'")
	}
	f.Fuzz(func(t *testing.T, text, url, source string) {
		ParseMeta(text)
		for _, p := range Parse(text) {
			for _, s := range []Script{{URL: url, Nonce: source, Integrity: source}, {Text: url}, {Text: url, Handler: true}} {
				p.Script(s, self)
			}
			p.Origins()
			p.Worker(url, self)
			p.TypePolicy(source)
			by := p.Connection(url, self)
			var written []string
			for _, d := range p.directives {
				written = append(written, d.String())
			}
			if again := Parse(strings.Join(written, ";")); len(again) != 1 || again[0].Connection(url, self) != by {
				t.Errorf("%q means another thing as %q", text, written)
			}
			if d := p.find("connect-src", "default-src"); by == "" && d != nil && !append(slices.Clone(d.values), source).matches(url, self) {
				t.Errorf("%s and %q forbid %s", d, source, url)
			}
		}
	})
}
