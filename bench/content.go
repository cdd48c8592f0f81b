package main

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"path"
	"strings"
)

var (
	sections = strings.Fields("docs blog guides api reference tutorials news examples")

	imageSizes = []string{"", "-320", "-640", "-1280", "@2x"}
	// The first bytes are what a sniffer looks at; the rest of an image is noise.
	imageTypes = []struct{ extension, start string }{
		{".png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"},
		{".webp", "RIFF\x00\x00\x10\x00WEBPVP8 "},
		{".jpg", "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01"},
		{".webp", "RIFF\x00\x00\x10\x00WEBPVP8 "},
		{".avif", "\x00\x00\x00\x20ftypavif\x00\x00\x00\x00"},
	}

	// words make names and text; the first ones are the common ones. No word has
	// a hyphen: a topic's folder must differ from any page's.
	words = strings.Fields(`
page site content build file data index search theme layout config template
section image style script module link title language version release update
install setup start guide overview concept theory practice example reference
option setting value field type string number list array object function
method class interface package import export bundle asset resource media font
color space grid column header footer sidebar menu navigation button form
input table card dialog panel tooltip banner gallery slider carousel
performance cache storage network request response router route path query
parameter referrer cookie session token account user profile role group
permission security privacy audit review report analytics metric chart graph
map location time calendar event schedule task queue worker thread process
memory disk server client browser device mobile desktop tablet screen keyboard
mouse touch gesture animation transition transform filter effect shadow border
margin padding alignment typography heading paragraph quote code snippet
terminal command shell editor plugin extension integration migration
deployment hosting domain certificate proxy gateway balancer container cluster
database schema record transaction backup restore archive compression
encoding format parser compiler linter formatter debugger profiler test
fixture mock coverage benchmark pipeline workflow action trigger webhook
notification message channel comment digest feedback survey rating
translation locale accessibility contrast focus landmark label description
summary changelog roadmap license contributor community support question
answer tip note warning error exception recovery retry timeout limit quota
`)
)

// word draws common words more often: text of equally likely words compresses
// worse than text does.
func word(r *rand.Rand) string {
	x := r.Float64()
	return words[int(x*x*float64(len(words)))]
}

func appendWords(b []byte, r *rand.Rand, n int) []byte {
	for i := range n {
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(b, word(r)...)
	}
	return b
}

// grow calls more until b has size bytes more than it had, tail included.
func grow(b []byte, size int, tail string, more func([]byte) []byte) []byte {
	for end := len(b) + size - len(tail); len(b) < end; {
		b = more(b)
	}
	return append(b, tail...)
}

func (p *plan) appendPage(b []byte, r *rand.Rand, i, size int) []byte {
	start := len(b)
	title := fmt.Sprintf("%s %s %s", word(r), word(r), word(r))
	b = fmt.Appendf(b, `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%[1]s | Example Site</title>
<meta name="description" content="`, title)
	b = appendWords(b, r, 14)
	b = fmt.Appendf(b, `">
<meta property="og:title" content="%s">
<meta property="og:type" content="article">
`, title)
	for _, j := range p.head {
		url := p.url(j)
		if p.files[j].kind == style {
			b = fmt.Appendf(b, "<link rel=\"stylesheet\" href=\"%s\">\n", url)
		} else {
			b = fmt.Appendf(b, "<script type=\"module\" src=\"%s\"></script>\n", url)
		}
	}
	b = append(b, "</head>\n<body>\n<header class=\"site-header\"><nav class=\"menu\"><ul>\n"...)
	for _, j := range p.pages[:min(len(p.pages), 12)] {
		b = p.appendLink(b, r, j)
	}
	b = fmt.Appendf(b, "</ul></nav></header>\n<main class=\"content\">\n<h1>%s</h1>\n", title)
	for range 1 + r.IntN(3) {
		image := p.images[r.IntN(len(p.images))]
		b = fmt.Appendf(b, "<figure><img src=\"%s\" alt=\"%s %s\" loading=\"lazy\" width=\"640\" height=\"360\"></figure>\n",
			p.url(image), word(r), word(r))
	}
	return grow(b, size-(len(b)-start), "</main>\n<footer class=\"site-footer\"><p>Example Site</p></footer>\n</body>\n</html>\n",
		func(b []byte) []byte {
			switch r.IntN(8) {
			case 0:
				id := word(r)
				return fmt.Appendf(b, "<h2 id=\"%s-%d\">%s %s</h2>\n", id, r.IntN(1000), id, word(r))
			case 1:
				b = append(b, "<ul class=\"related\">\n"...)
				for range 3 {
					b = p.appendLink(b, r, p.pages[r.IntN(len(p.pages))])
				}
				return append(b, "</ul>\n"...)
			case 2:
				return fmt.Appendf(b, "<pre><code class=\"language-js\">const %s = await %s('%s', %d);</code></pre>\n",
					identifier(r), identifier(r), word(r), r.IntN(10000))
			}
			b = append(b, "<p>"...)
			b = appendWords(b, r, 30+r.IntN(60))
			return append(b, ".</p>\n"...)
		})
}

func (p *plan) appendLink(b []byte, r *rand.Rand, i int) []byte {
	return fmt.Appendf(b, "<li><a class=\"menu__link\" href=\"%s\">%s %s</a></li>\n", p.url(i), word(r), word(r))
}

// url is what a page writes to reach a file. No name here needs an escape.
func (p *plan) url(i int) string {
	dir, name := path.Split("/" + p.files[i].path)
	if name == "index.html" {
		return dir
	}
	return dir + name
}

func appendScript(b []byte, r *rand.Rand, size int) []byte {
	return grow(b, size, "export{};\n", func(b []byte) []byte {
		f, x, y := identifier(r), identifier(r), identifier(r)
		// Numbered by position: a name declared twice would be a syntax error.
		b = fmt.Appendf(b, "export function %s%d(%s,%s1){const %s2=document.querySelector(\".%s-%s\");",
			f, len(b), x, y, y, word(r), word(r))
		for range 2 + r.IntN(4) {
			b = fmt.Appendf(b, "if(%s.%s===%d)return %s1.%s(\"%s %s\",%d);", x, identifier(r), r.IntN(4096),
				y, identifier(r), word(r), word(r), r.IntN(1_000_000))
		}
		return fmt.Appendf(b, "return{%s:%s,%s:%s2}}\n", identifier(r), x, identifier(r), y)
	})
}

func appendStyle(b []byte, r *rand.Rand, size int) []byte {
	return grow(b, size, "", func(b []byte) []byte {
		return fmt.Appendf(b, ".%s__%s--%s{display:flex;margin:%drem %dpx;padding:%dpx;color:#%06x;background:var(--%s-%s);border-radius:%dpx}\n",
			word(r), word(r), word(r), r.IntN(5), r.IntN(64), r.IntN(64), r.IntN(1<<24), word(r), word(r), r.IntN(16))
	})
}

func appendData(b []byte, r *rand.Rand, size int) []byte {
	b = append(b, `{"items":[`...)
	return grow(b, size, "{}]}\n", func(b []byte) []byte {
		b = fmt.Appendf(b, `{"id":%d,"slug":"%s-%s","tags":["%s","%s"],"score":%.4f,"text":"`,
			r.IntN(1_000_000), word(r), word(r), word(r), word(r), r.Float64())
		b = appendWords(b, r, 10+r.IntN(20))
		return append(b, "\"},\n"...)
	})
}

func appendImage(b []byte, r *rand.Rand, extension string, size int) []byte {
	for _, t := range imageTypes {
		if t.extension == extension {
			b = append(b, t.start...)
			break
		}
	}
	return grow(b, size, "", func(b []byte) []byte {
		return binary.LittleEndian.AppendUint64(b, r.Uint64())
	})
}

func identifier(r *rand.Rand) string {
	name := word(r)
	switch name {
	case "import", "export", "class", "interface", "package", "function", "debugger":
		// Reserved words, those of strict mode included.
		return "a" + name
	}
	return name
}
