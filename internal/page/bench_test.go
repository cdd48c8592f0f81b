package page

import (
	"strings"
	"testing"
)

// benchPage is a page of about 10 kB with a head like those of real generators.
var benchPage = []byte(`<!doctype html><html lang=en><head><meta name=generator content="Hugo 0.165.0"><meta charset=utf-8>` +
	`<title>The fog horn</title><meta name=viewport content="width=device-width,initial-scale=1">` +
	`<link rel=icon type=image/png href=/museum/img/waves.png><link rel=stylesheet href=/museum/css/site.css>` +
	`<meta property="og:title" content="The fog horn"><meta property="og:image" content="/museum/img/horn.png">` +
	`<script>document.documentElement.classList.toggle("dark",matchMedia("(prefers-color-scheme:dark)").matches)</script>` +
	`<script defer src=/museum/js/site.js></script></head><body><nav><a href=/museum/>Home</a></nav>` +
	strings.Repeat(`<p class="text">A long blast every <em>ninety</em> seconds, and <a href="/museum/stories/gale.html">more</a>.`+
		`<img src=/museum/img/tower.png width=320 height=240 alt="The harbour light"></p>`+"\n", 50) +
	`</body></html>`)

var benchTag = Tag{Src: "/museum/swgen-register.js"}

func BenchmarkInsert(b *testing.B) {
	b.SetBytes(int64(len(benchPage)))
	b.ReportAllocs()
	for b.Loop() {
		Insert(benchPage, benchTag)
	}
}

func BenchmarkInsertUnchanged(b *testing.B) {
	done, _ := Insert(benchPage, benchTag)
	b.SetBytes(int64(len(done)))
	b.ReportAllocs()
	for b.Loop() {
		Insert(done, benchTag)
	}
}

func BenchmarkInspect(b *testing.B) {
	b.SetBytes(int64(len(benchPage)))
	b.ReportAllocs()
	for b.Loop() {
		Inspect(benchPage)
	}
}

func BenchmarkDevServer(b *testing.B) {
	b.SetBytes(int64(len(benchPage)))
	for b.Loop() {
		DevServer(benchPage)
	}
}

func BenchmarkAlias(b *testing.B) {
	b.SetBytes(int64(len(benchPage)))
	for b.Loop() {
		Alias(benchPage)
	}
}

func BenchmarkRegistersWorker(b *testing.B) {
	js := []byte(strings.Repeat(`function a(b){return b.c/2+"register"}`, 10000) + `"serviceWorker"in navigator`)
	b.SetBytes(int64(len(js)))
	for b.Loop() {
		RegistersWorker(js)
	}
}

// benchSheet is a style sheet of about 100 kB as bundlers write it.
var benchSheet = []byte(strings.Repeat(`.card:hover>.title,a[href^="http"]{color:rgba(0,0,0,.5);background:url("../img/tower.png") no-repeat;`+
	`margin:calc(1rem + var(--gap)) 0}@media (min-width:40em){.card{display:grid}}`+"\n"+
	`@font-face{font-family:Inter;src:url(inter.woff2) format("woff2"),url(inter.woff) format("woff")}`, 400))

func BenchmarkReadStyle(b *testing.B) {
	b.SetBytes(int64(len(benchSheet)))
	b.ReportAllocs()
	for b.Loop() {
		ReadStyle(benchSheet)
	}
}
