package page

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/swgen/swgen/strategies"
	"github.com/swgen/swgen/templates"
)

// shortly is a registration as `URL scope`, ^ before what is relative to the
// script, ? for what is computed, and typed for one that has a type.
func shortly(r Registration) string {
	text := func(url string, from From) string {
		if url == "" {
			return "?"
		}
		return strings.Repeat("^", int(from)) + url
	}
	s := text(r.URL, r.From)
	if r.HasScope {
		s += " " + text(r.Scope, r.ScopeFrom)
	}
	if r.URL != "" && !r.Plain {
		s += " typed"
	}
	return s
}

func TestRegistrationsAreReadWithTheirOptions(t *testing.T) {
	for arguments, want := range map[string]string{
		`"/sw.js"`:                 "/sw.js",
		`"/sw.js", {scope: "/a/"}`: "/sw.js /a/",
		`"/sw.js", {type: "module", scope: '/a/'}`:                          "/sw.js /a/",
		`"/sw.js", {"scope": "./", x: {scope: "/no/"}}`:                     "/sw.js ./",
		`"/sw.js", {scope}`:                                                 "/sw.js ?",
		`"/sw.js", {...options}`:                                            "/sw.js ?",
		`"/sw.js", options`:                                                 "/sw.js ?",
		`"/sw.js", {scope: base + "/"}`:                                     "/sw.js ?",
		`"/sw.js", {type: f(scope, {}), updateViaCache: x}`:                 "/sw.js",
		`base + "sw.js", {scope: "/"}`:                                      "? /",
		`url`:                                                               "?",
		`withBase("/sw.js")`:                                                "?",
		`new URL("sw.js", import.meta.url)`:                                 "^sw.js",
		`""+new URL("sw.js", import.meta.url).href`:                         "^sw.js",
		`new URL("sw.js", location)`:                                        "sw.js",
		`new URL("https://a.example/sw.js")`:                                "https://a.example/sw.js",
		`new URL("sw.js", base)`:                                            "?",
		`new URL("sw.js", document.currentScript?.src)`:                     "^sw.js",
		`new URL("sw.js", self.src), {scope: new URL("./", self.src).href}`: "^sw.js ^./",
		`policy.createScriptURL("/sw.js")`:                                  "/sw.js typed",
		`trustedTypes.createPolicy("a", {createScriptURL: u => u}).createScriptURL("/sw.js"), {scope: "/"}`: "/sw.js / typed",
		`trusted(new URL("sw.js", src).href)`: "^sw.js typed",
		`"\x2fsw.js"`:                         "/sw.js",
		"`/sw.js`":                            "/sw.js",
		"`/sw.js?v=${v}`":                     "?",
		"":                                    "",
	} {
		js := "const self = document.currentScript, src = window.document.currentScript.src;\nnavigator.serviceWorker.register(" + arguments + ").then(x, {scope: '/no/'})"
		var got []string
		for _, r := range registrations(js) {
			if r.Line != 2 {
				t.Errorf("line %d: %s", r.Line, js)
			}
			got = append(got, shortly(r))
		}
		if want == "" {
			want = "?"
		}
		if !reflect.DeepEqual(got, []string{want}) {
			t.Errorf("%s: got %q, want %q", arguments, got, want)
		}
	}
}

func TestTheScriptOfSwgenIsRead(t *testing.T) {
	for _, update := range []strategies.Update{strategies.Fresh, strategies.Prompt} {
		for _, debug := range []bool{true, false} {
			js, err := templates.Register(templates.Registration{Worker: "../sw.js", Scope: "../a/", Update: update}, templates.Options{Debug: debug})
			if err != nil {
				t.Fatal(err)
			}
			calls := ReadScript(string(js))
			if len(calls.Registers) != 1 || shortly(calls.Registers[0]) != "^../sw.js ^../a/ typed" || !reflect.DeepEqual(calls.TypePolicies, []string{"swgen"}) {
				t.Errorf("%s, debug %v: %+v %v", update, debug, calls.Registers, calls.TypePolicies)
			}
		}
	}
}

func FuzzRegistrations(f *testing.F) {
	f.Add(`"/sw.js", {scope: "/"}`)
	f.Add(`new URL("sw.js", x).href`)
	f.Add("f((((")
	f.Add("`${")
	f.Fuzz(func(t *testing.T, arguments string) {
		registrations("navigator.serviceWorker.register(" + arguments)
		// What follows the arguments does not belong to them.
		js := "navigator.serviceWorker.register('/sw.js', {scope: '/a/'});" + arguments
		if list := registrations(js); len(list) == 0 || shortly(list[0]) != "/sw.js /a/" {
			t.Fatalf("%v: %q", list, js)
		}
	})
}

func TestPoliciesAreThoseOfTheHead(t *testing.T) {
	const meta = `<meta http-equiv=Content-Security-Policy content=x>`
	for page, want := range map[string]int{
		"<!doctype html><title>a b</title>\n" + meta:                           1,
		"<head><script>a</script>" + meta + "</head><body>" + meta:             1,
		"<head></head>\n" + meta + "<p>":                                       1, // goes into the head
		"<link rel=icon href=i><style>a</style><noscript>b</noscript> " + meta: 1,
		"<!-- a -->\ufefftext" + meta:                                          0,
		"<script>a</script>text" + meta:                                        0,
		"<p>" + meta:                                                           0,
		"<svg></svg>" + meta:                                                   0,
		"<template>text" + meta + "</template>" + meta:                         1,
		meta + meta + "<script nonce=n></script>":                              2,
		`<meta http-equiv=content-security-policy content="">`:                 0,
		`<meta http-equiv="content-security-policy-report-only" content="a">`:  0,
		"\ufeff<!doctype html>" + meta:                                         1,
	} {
		if got := Inspect([]byte(page)).CSP; len(got) != want {
			t.Errorf("%d policies, want %d: %s", len(got), want, page)
		}
	}
	facts := Inspect([]byte("<script src=a nonce=n integrity=i></script>\n" + meta + "\n<script nonce=m>x()</script>"))
	if got, want := facts.Refs[0].Trust, (Trust{"n", "i", 0}); got != want {
		t.Error(got)
	}
	if got, want := facts.Scripts[0].Trust, (Trust{"m", "", 1}); got != want {
		t.Error(got)
	}
	if facts.CSP[0].Line != 2 {
		t.Error(facts.CSP)
	}
}

func TestAttributesHoldScripts(t *testing.T) {
	facts := Inspect([]byte("<body onload=\"fetch(&quot;/a&quot;)\">\n<button onclick='import(\"/b.js\")' once='x'>b</button><a onclick=x>a</a>"))
	want := []Inline{
		{Text: `fetch("/a")`, Line: 1, Handler: true},
		{Text: `import("/b.js")`, Line: 2, Handler: true, Soft: true},
	}
	if !reflect.DeepEqual(facts.Scripts, want) {
		t.Errorf("%+v", facts.Scripts)
	}
}

func TestFragmentsAreNoDocuments(t *testing.T) {
	for page, want := range map[string]bool{
		"":                      true,
		"<p>part":               true,
		"text <b>x":             true,
		"<!doctype html><p>":    false,
		"<p><html>":             false,
		"<head></head>":         false,
		"a<body>":               false,
		"<!-- x --><svg></svg>": true,
	} {
		if got := Inspect([]byte(page)).Fragment; got != want {
			t.Errorf("%v: %s", got, page)
		}
	}
}

func TestDrawingsNameTheirStyleSheets(t *testing.T) {
	for page, want := range map[string]string{
		"<?xml version='1.0'?>\n<?xml-stylesheet type=\"text/css\" href=\"a.css\"?><svg></svg>": "[a.css:2]",
		"<?xml-stylesheet href='a.css'?><?xml-stylesheet href=b.css ?><svg/>":                   "[a.css:1 b.css:1]",
		"<?xml-stylesheet href='a.css'?><!doctype html><html>":                                  "[]",
		"<svg><?xml-stylesheet href='a.css'?></svg>":                                            "[]",
		"<?xml-stylesheet href='#a'?><svg>":                                                     "[]",
		"<?xml-stylesheet href='a.css":                                                          "[]",
	} {
		got := []string{}
		for _, r := range Inspect([]byte(page)).Refs {
			got = append(got, fmt.Sprintf("%s:%d", r.URL, r.Line))
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%v, want %s: %s", got, want, page)
		}
	}
}
