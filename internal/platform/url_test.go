package platform_test

import (
	"testing"

	"github.com/swgen/swgen/internal/platform"
)

func TestURLsAreParsedAndChanged(t *testing.T) {
	s := newRealm(t, platform.Worker, nil, ``)
	s.expectValue(`new URL("../b?x#y", "https://user:pw@a.test:8080/c/d/")`, `"https://user:pw@a.test:8080/c/b?x#y"`)
	s.expectValue(`(({ origin, protocol, username, password, host, hostname, port, pathname, search, hash }) =>
			[origin, protocol, username, password, host, hostname, port, pathname, search, hash])(new URL("http://u:p@EXAMPLE.org:81/%7Ea b?q#f"))`,
		`["http://example.org:81","http:","u","p","example.org:81","example.org","81","/%7Ea%20b","?q","#f"]`)
	s.expectValue(`(u => { u.protocol = "http"; u.host = "b.test:90"; u.pathname = "a b"; u.search = "c d"; u.hash = ""; u.username = "me"; return u.href })(new URL("https://a.test/#x"))`,
		`"http://me@b.test:90/a%20b?c%20d"`)
	s.expectValue(`(u => { u.href = "https://c.test/?new"; return [String(u), u.searchParams.has("new")] })(new URL("https://a.test/?old"))`,
		`["https://c.test/?new",true]`)
	s.expectValue(`new URL("//")`, `false TypeError: Failed to construct 'URL': Invalid URL`)
	s.expectValue(`new URL("https://a.test").href = "nowhere"`, `false TypeError: Failed to set the 'href' property on 'URL': Invalid URL`)
	s.expectValue(`new URL()`, `false TypeError: Failed to construct 'URL': 1 argument required, but only 0 present.`)
	s.expectValue(`[URL.canParse("a"), URL.canParse("a", "https://b.test"), URL.parse("a"), URL.parse("a", "https://b.test").href]`,
		`[false,true,null,"https://b.test/a"]`)
	s.expectValue(`new URL("https://\ud800.test/\ud800")`, `false TypeError: Failed to construct 'URL': Invalid URL`)
}

func TestAQueryFollowsItsURLAndTheURLItsQuery(t *testing.T) {
	s := newRealm(t, platform.Worker, nil, `const u = new URL("https://a.test/?a=1&b=2&a=3#h"); const q = u.searchParams`)
	s.expectValue(`[u.searchParams === q, q.getAll("a"), q.size]`, `[true,["1","3"],3]`)
	s.expectValue(`(q.append("c d", "e&f~*"), u.href)`, `"https://a.test/?a=1&b=2&a=3&c+d=e%26f%7E*#h"`)
	s.expectValue(`(q.delete("a", "3"), q.set("b", "ü"), u.search)`, `"?a=1&b=%C3%BC&c+d=e%26f%7E*"`)
	s.expectValue(`(u.search = "?z=1&y=2&z=0", [...q])`, `[["z","1"],["y","2"],["z","0"]]`)
	s.expectValue(`(q.sort(), u.href)`, `"https://a.test/?y=2&z=1&z=0#h"`)
	s.expectValue(`((() => { for (const name of [...q.keys()]) q.delete(name) })(), u.href)`, `"https://a.test/#h"`)
}

func TestQueriesAreMadeOfTextPairsAndRecords(t *testing.T) {
	s := newRealm(t, platform.Worker, nil, ``)
	s.expectValue(`[...new URLSearchParams("?a=%F0%9F%98%80&b+c=%zz&%ff&&=x&d")]`, `[["a","😀"],["b c","%zz"],["�",""],["","x"],["d",""]]`)
	s.expectValue(`String(new URLSearchParams([["a", 1], new Set(["b", "\ud800"])]))`, `"a=1&b=%EF%BF%BD"`)
	s.expectValue(`String(new URLSearchParams({ a: 1, b: [2, 3] }))`, `"a=1&b=2%2C3"`)
	s.expectValue(`String(new URLSearchParams(new URLSearchParams("x=y")))`, `"x=y"`)
	s.expectValue(`new URLSearchParams([["a"]])`, `false TypeError: Failed to construct 'URLSearchParams': Sequence initializer must only contain pair elements`)
	s.expectValue(`[...new URLSearchParams("a=1&b=2").entries().map(([k, v]) => k + v)]`, `["a1","b2"]`)
	s.expectValue(`(q => { const seen = []; for (const [name] of q) { seen.push(name); q.delete(name) } return seen })(new URLSearchParams("a&b&c"))`, `["a","c"]`)
	s.expectValue(`(() => { try { URLSearchParams.prototype.get.call({}, "a") } catch (e) { return e.name } })()`, `"TypeError"`)
}

// createObjectURL would tie a blob to a worker that may be stopped any time.
func TestServiceWorkersMakeNoObjectURLs(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, itself(nil), ``)
	s.expectValue(`["createObjectURL" in URL, "revokeObjectURL" in URL]`, `[false,false]`)
	s = newRealm(t, platform.Worker, nil, ``)
	s.expectValue(`["createObjectURL" in URL, "revokeObjectURL" in URL]`, `[true,true]`)
	s.expectValue(`URL.createObjectURL({})`, `false TypeError: Failed to execute 'createObjectURL' on 'URL': parameter 1 is not of type 'Blob'.`)
}

func TestURLPatternsMatch(t *testing.T) {
	s := newRealm(t, platform.Worker, nil, ``)
	s.expectValue(`new URLPattern({ pathname: "/books/:id(\\d+)" }).exec("https://a.test/books/12").pathname.groups`, `{"id":"12"}`)
	s.expectValue(`[URLPattern.name, new URLPattern("/a/*", "https://a.test").test("https://a.test/a/b"), new URLPattern("/a/*", "https://a.test").test("https://b.test/a/b")]`,
		`["URLPattern",true,false]`)
}
