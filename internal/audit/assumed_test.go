package audit

import "testing"

func TestAssumedFiles(t *testing.T) {
	for name, c := range map[string]struct{ site, want string }{
		"webpack": {`
-- index.html --
<script src=/js/main.js></script>
-- js/main.js --
(self.webpackChunkx=self.webpackChunkx||[]).push([[1],{}])
-- js/1.js --
-- js/1.js.map --
-- js/main.js.LICENSE.txt --
-- js/img/i.png --
-- other.js --`, `
required script /js/main.js index.html:1
assumed module /js/1.js js/:0
assumed image /js/img/i.png js/:0`},
		"webpack at the root": {`
-- index.html --
<script src=/app.js></script>
-- app.js --
self.webpackChunkx=[]
-- 1.js --
-- i.png --
-- page-data/app-data.json --
-- page-data/index/page-data.json --`, `
required script /app.js index.html:1
assumed data /page-data/app-data.json index.html:0
assumed data /page-data/index/page-data.json index.html:0
assumed module /1.js ./:0`},
		"Next": {`
-- index.html --
<script src=/_next/static/chunks/a.js></script>
-- index.txt --
-- __next._tree.txt --
-- _next/static/chunks/a.js --
x()
-- _next/static/chunks/b.js --
-- _next/static/media/i.png --`, `
required script /_next/static/chunks/a.js index.html:1
assumed data /index.txt index.html:0
assumed data /__next._tree.txt index.html:0
assumed module /_next/static/chunks/b.js _next/static/:0
assumed image /_next/static/media/i.png _next/static/:0`},
		"VitePress": {`
-- index.html --
<script>window.__VP_HASH_MAP__=JSON.parse("{}")</script><script type=module src=/assets/app.js></script>
-- assets/app.js --
import(x)
-- assets/index.md.js --
import "./chunk.js"
-- assets/chunk.js --`, `
required module /assets/app.js index.html:1
assumed module /assets/chunk.js assets/:0
assumed module /assets/index.md.js assets/:0
assumed module  unresolved assets/app.js:1`},
		"Pagefind": {`
-- index.html --
<script src=/pagefind/pagefind-ui.js></script>
-- pagefind/pagefind-ui.js --
import(b+"pagefind.js")
-- pagefind/pagefind.js --
-- pagefind/wasm.en.pagefind --`, `
required script /pagefind/pagefind-ui.js index.html:1
assumed module  unresolved pagefind/pagefind-ui.js:1
assumed module /pagefind/pagefind.js pagefind/pagefind-ui.js:0
assumed data /pagefind/wasm.en.pagefind pagefind/:0`},
		"Pagefind, by a script of another name": {`
-- index.html --
<script type=module src=/js/search.js></script>
-- js/search.js --
import("./ui.js"); start({path: base + "/pagefind/"})
-- js/ui.js --
import(b+"pagefind.js")
-- pagefind/pagefind.js --
-- pagefind/wasm.en.pagefind --`, `
required module /js/search.js index.html:1
required module /js/ui.js js/search.js:1
assumed module /pagefind/pagefind.js pagefind/:0
assumed data /pagefind/wasm.en.pagefind pagefind/:0
assumed module  unresolved js/ui.js:1`},
		"Doxygen": {`
-- index.html --
<script src=navtree.js></script>
-- navtree.js --
load(name+i+".js"); show("<img src='sync_on.png'>")
-- doxygen.css --
-- navtreeindex0.js --
-- open.png --
-- sync_on.png --
-- notes.txt --
-- files.html --
-- search/close.svg --
-- search/all_0.js --
-- search/all_0.html --`, `
required script /navtree.js index.html:1
assumed image /sync_on.png navtree.js:0
assumed style /doxygen.css ./:0
assumed module /navtreeindex0.js ./:0
assumed image /open.png ./:0
assumed data /search/all_0.html search/:0
assumed module /search/all_0.js search/:0
assumed image /search/close.svg search/:0`},
		"rustdoc": {`
-- index.html --
<script src=x/static.files/main-0a.js></script>
-- x/static.files/main-0a.js --
load(vars.search)
-- x/static.files/rustdoc-0b.css --
-- x/static.files/search-0c.js --
-- x/search-index1.63.0.js --
-- x/crate/other.js --
-- x/search.index/root.js --`, `
required script /x/static.files/main-0a.js index.html:1
assumed module /x/search-index1.63.0.js x/:0
assumed style /x/static.files/rustdoc-0b.css x/static.files/:0
assumed module /x/static.files/search-0c.js x/static.files/:0
assumed module /x/search.index/root.js x/search.index/:0`},
		"Vite's manifest": {`
-- index.html --
<script type=module src=/assets/a.js></script>
-- .vite/manifest.json --
{"src/a.js": {"file": "assets/a.js", "css": ["assets/a.css"], "assets": ["assets/i.png"]}}
-- assets/a.js --
-- assets/a.css --
-- assets/i.png --`, `
required module /assets/a.js index.html:1
required style /assets/a.css assets/a.js:0
degrading image /assets/i.png assets/a.js:0`},
		"SvelteKit's data": {`
-- index.html --
-- about.html --
-- __data.json --
-- about/__data.json --`, `
assumed data /__data.json index.html:0`},
	} {
		compare(t, name, needsOf(t, audited(t, "generic", "/", files(c.site)), "index.html"), lines(c.want))
	}
}
