package page

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

var tag = Tag{Src: "/repo/swgen-register.js"}

const element = `<script src="/repo/swgen-register.js" defer data-swgen></script>`

// In these pages | marks where the element goes.
var insertPlaces = map[string]string{
	"before the end of the head":           "<!DOCTYPE html><html><head><title>x</title>|</head><body></body></html>",
	"minified, attributes unquoted":        `<!doctype html><html lang=en><head><meta charset=utf-8><link rel=stylesheet href=/a/><title>x</title>|</head><body class=a>x</body></html>`,
	"minified, head not closed":            `<!doctype html><html lang=en><head><meta charset=utf-8><title>x</title>|<body><p>x`,
	"minified, no head and no body":        `<!doctype html><html lang=en>|<meta charset=utf-8><title>x</title><p>x`,
	"doctype only":                         `<!doctype html>|<meta charset=utf-8><title>x</title><p>x`,
	"head opened, neither closed nor body": `<!doctype html><head>|<title>x</title><p>x`,
	"head of XML habit":                    `<!doctype html><html><head/><title>x</title>|<body>x</body></html>`,
	"only end tags":                        `|<title>x</title><p>x</body></html>`,
	"upper case":                           "<!DOCTYPE HTML><HTML><HEAD><TITLE>X</TITLE>|</HEAD><BODY></BODY></HTML>",
	"end tag with blanks":                  "<html><head>|</head \n><body>",
	"CRLF":                                 "<!doctype html>\r\n<html>\r\n<head>\r\n<title>x</title>\r\n|</head>\r\n<body>\r\n",
	"byte order mark":                      "\xef\xbb\xbf<!doctype html><html><head>|</head>",
	"byte order mark and end tags only":    "\xef\xbb\xbf|<p>x</html>",
	"a comment quotes </head>":             "<html><head><!-- not the </head> yet -->|</head><body>",
	"a comment quotes <body>":              "<!-- <body> --><html><head>|</head>",
	"a conditional comment":                "<html><head><!--[if lt IE 9]><script src=x></script></head><![endif]-->|</head>",
	"a script quotes </head>":              `<html><head><script>var a = "</head>"; // <body>` + "\n</script>|</head>",
	"an escaped script":                    `<html><head><script><!-- <script></head></script> --></script>|</head>`,
	"a style quotes </head>":               `<html><head><style>a:after{content:"</head>"}</style>|</head>`,
	"a title quotes </head>":               `<html><head><title></head><body></title>|</head>`,
	"a textarea quotes </head>":            `<html><textarea></head></textarea>|</head>`,
	"noscript quotes </head>":              `<html><head><noscript><style></head></style></noscript>|</head>`,
	"a template has a head":                `<html><head><template><head></head><body></template>|</head>`,
	"a template is never closed":           `<html><head>|<template></head><body>`,
	"a template in a template":             `<html><head><template><template></template></head></template>|</head>`,
	"svg has a head":                       `<html><head>|<svg></head>`,
	"svg with a title":                     `<html><svg><title/></head></svg>|</head>`,
	"svg closes itself":                    `<html><head><svg/>|</head>`,
	"svg with CDATA":                       `<html><head><svg><![CDATA[</svg>]]></head></svg>|</head>`,
	"an attribute quotes </head>":          `<html><head><meta content="</head>">|</head>`,
	"an attribute in single quotes":        `<html data-a='<body>'><head>|</head>`,
	"the word header":                      `<html><header></header><heads></heads>|<body>`,
	"a body in svg ends the svg":           `<html>|<svg><body>`,
	"a processing instruction":             "<?php echo '</head>' ?><html><head>|</head>",
	"nul bytes":                            "<html><head>\x00|</head>",
	"latin-1":                              "<html><head><meta charset=iso-8859-1><title>caf\xe9</title>|</head>",
	"a page that unregisters workers":      `<html><head><script>navigator.serviceWorker.getRegistrations().then(rs=>rs.forEach(r=>r.unregister()))</script>|</head>`,
}

func TestInsertPutsTheElementWhereItIsRun(t *testing.T) {
	for name, marked := range insertPlaces {
		t.Run(name, func(t *testing.T) {
			page := strings.Replace(marked, "|", "", 1)
			want := strings.Replace(marked, "|", element, 1)
			out, state := Insert([]byte(page), tag)
			if string(out) != want || state != Inserted {
				t.Fatalf("%v:\n got %s\nwant %s", state, out, want)
			}
			if again, state := Insert(out, tag); state != Unchanged || !bytes.Equal(again, out) {
				t.Errorf("a second time: %v: %s", state, again)
			}
			if back, removed := Remove(out); !removed || string(back) != page {
				t.Errorf("removed: %v: %s", removed, back)
			}
		})
	}
}

func TestInsertReplacesElementsOfEarlierRuns(t *testing.T) {
	for name, page := range map[string]string{
		"another source":      `<html><head>|<script src="/old.js" defer data-swgen></script></head>`,
		"reformatted":         `<html><head>|<SCRIPT data-swgen="" defer SRC=/repo/swgen-register.js ></SCRIPT ></head>`,
		"moved to the body":   `<html><head></head><body><p>|<script src=/x data-swgen></script></p></body>`,
		"with a text":         "<html><head>|<script src=/x data-swgen>\n</script>\n</head>",
		"twice":               `<html><head>|` + element + element2 + `</head>`,
		"in head and in body": `<html><head>|` + element2 + `</head><body>` + element + `</body>`,
	} {
		t.Run(name, func(t *testing.T) {
			before, after, _ := strings.Cut(page, "|")
			out, state := Insert([]byte(before+after), tag)
			if state != Updated || !strings.HasPrefix(string(out), before+element) || strings.Count(string(out), marker) != 1 {
				t.Fatalf("%v: %s", state, out)
			}
			if again, state := Insert(out, tag); state != Unchanged || !bytes.Equal(again, out) {
				t.Errorf("a second time: %v: %s", state, again)
			}
			if back, removed := Remove(out); !removed || strings.Contains(string(back), marker) {
				t.Errorf("removed: %v: %s", removed, back)
			}
		})
	}
}

const element2 = `<script src="/second.js" defer data-swgen></script>`

func TestInsertIsNotMisledByMentionsOfItsMarker(t *testing.T) {
	for _, page := range []string{
		`<html><head><!-- ` + element + ` --></head>`,
		`<html><head><!x` + element + `</head>`,
		`<html><head><script>"data-swgen"</script></head>`,
		`<html><head><script src=data-swgen></script></head>`,
		`<html><head></head><body><textarea>` + element + `</textarea>`,
		`<html><head></head><body><template>` + element + `</template>`,
	} {
		out, state := Insert([]byte(page), tag)
		if want := strings.Replace(page, "</head>", element+"</head>", 1); string(out) != want || state != Inserted {
			t.Errorf("%v:\n got %s\nwant %s", state, out, want)
		}
		if back, removed := Remove(out); !removed || string(back) != page {
			t.Errorf("removed: %v: %s", removed, back)
		}
	}
}

func TestInsertLeavesAlone(t *testing.T) {
	for name, test := range map[string]struct {
		page string
		want State
	}{
		"an empty file":                 {"", NotAPage},
		"a partial":                     {`<div class="card"><h2>x</h2></div>`, NotAPage},
		"a partial with a template":     {`<template><html><head></head></html></template>`, NotAPage},
		"a text":                        {"google-site-verification: google123.html", NotAPage},
		"a doctype that never ends":     {"<!doctype html", NotAPage},
		"UTF-16, big end first":         {"\xfe\xff\x00<\x00h\x00t\x00m\x00l\x00>", OtherEncoding},
		"UTF-16, little end first":      {"\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00", OtherEncoding},
		"UTF-16 without a mark":         {"<\x00h\x00t\x00m\x00l\x00>\x00", NotAPage},
		"ISO-2022-JP":                   {"<html><head><title>\x1b$B</head>\x1b(B</title></head>", OtherEncoding},
		"AMP":                           {"<!doctype html><html amp lang=en><head></head>", AMP},
		"AMP by its sign":               {"<!doctype html><html ⚡><head></head>", AMP},
		"a registration":                {`<html><head></head><body><script>navigator.serviceWorker.register("/sw.js")</script>`, Foreign},
		"a registration in a condition": {"<html><head><script type=module>\nif ('serviceWorker' in navigator) {\n  navigator.serviceWorker\n    .register('/sw.js')\n}</script></head>", Foreign},
		"an AMP registration":           {`<html amp><head></head><body><amp-install-serviceworker src="/sw.js"></amp-install-serviceworker>`, Foreign},
	} {
		t.Run(name, func(t *testing.T) {
			out, state := Insert([]byte(test.page), tag)
			if state != test.want || string(out) != test.page {
				t.Errorf("%v, want %v: %s", state, test.want, out)
			}
		})
	}
}

func TestInsertEscapesAttributes(t *testing.T) {
	out, _ := Insert([]byte("<html>"), Tag{Src: `/a&b"<é>`, Nonce: `{"n"}`})
	want := `<html><script src="/a&amp;b&#34;&lt;&#xe9;&gt;" defer nonce="{&#34;n&#34;}" data-swgen></script>`
	if string(out) != want {
		t.Errorf("got %s", out)
	}
}

func TestInsertWritesXHTMLThatAnXMLParserReads(t *testing.T) {
	out, _ := Insert([]byte(`<?xml version="1.0"?><html><head></head></html>`), tag)
	if want := `<script src="/repo/swgen-register.js" defer="" data-swgen=""></script></head>`; !strings.Contains(string(out), want) {
		t.Errorf("got %s", out)
	}
}

func FuzzInsert(f *testing.F) {
	for _, page := range insertPlaces {
		f.Add([]byte(strings.Replace(page, "|", "", 1)))
		f.Add([]byte(strings.Replace(page, "|", element, 1)))
	}
	f.Fuzz(func(t *testing.T, page []byte) {
		original := bytes.Clone(page)
		out, state := Insert(page, tag)
		if !bytes.Equal(page, original) {
			t.Fatal("the input was changed")
		}
		again, second := Insert(out, tag)
		if !bytes.Equal(again, out) {
			t.Fatalf("not idempotent: %q, then %q", out, again)
		}
		switch state {
		case Inserted:
			if second != Unchanged {
				t.Fatalf("inserted, then %v: %q", second, out)
			}
			if back, removed := Remove(out); !removed || !bytes.Equal(back, original) {
				t.Fatalf("%q became %q", original, back)
			}
			if got, want := tokens(out, true), tokens(original, false); got != want {
				t.Fatalf("tokens changed:\n got %q\nwant %q", got, want)
			}
		case Updated:
			if second != Unchanged {
				t.Fatalf("updated, then %v: %q", second, out)
			}
		default:
			if !bytes.Equal(out, original) {
				t.Fatalf("%v, but changed", state)
			}
		}
	})
}

// tokens lists a page's tokens, one a line, without the inserted element.
func tokens(page []byte, without bool) string {
	var list strings.Builder
	c := newCursor(page)
	for c.next() {
		if raw := string(c.z.Raw()); without && c.isStart() && raw+"</script>" == element && bytes.HasPrefix(page[c.start:], []byte(element)) {
			without = false
			c.next()
			continue
		}
		list.WriteString(c.kind.String() + " " + string(c.z.Raw()) + "\n")
	}
	if c.kind != html.ErrorToken || without {
		list.WriteString("not found")
	}
	return list.String()
}
