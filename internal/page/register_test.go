package page

import "testing"

func TestRegistersWorkerFindsRegistrations(t *testing.T) {
	for js, want := range map[string]string{
		`navigator.serviceWorker.register("/sw.js")`:                                                      "/sw.js",
		`navigator.serviceWorker.register('/sw.js', {scope: '/'})`:                                        "/sw.js",
		"navigator.serviceWorker.register(`/sw.js`)":                                                      "/sw.js",
		"navigator.serviceWorker.register(`${base}/sw.js`)":                                               "",
		`"serviceWorker"in navigator&&navigator.serviceWorker.register("/sw.js")`:                         "/sw.js",
		"if ('serviceWorker' in navigator) {\n  navigator.serviceWorker\n    .register('sw.js')\n}":       "sw.js",
		`navigator . serviceWorker /* the worker */ . register ( "/sw.js" )`:                              "/sw.js",
		`navigator?.serviceWorker?.register?.("/sw.js")`:                                                  "/sw.js",
		`navigator["serviceWorker"].register("/sw.js")`:                                                   "/sw.js",
		`(navigator.serviceWorker).register("/sw.js")`:                                                    "/sw.js",
		`const sw=navigator.serviceWorker;sw.register("/sw.js")`:                                          "/sw.js",
		`var e=window.navigator.serviceWorker,t=1;e.register("/sw.js")`:                                   "/sw.js",
		`const {serviceWorker:e}=navigator;e.register("/sw.js")`:                                          "/sw.js",
		`const {serviceWorker} = navigator; serviceWorker.register("/sw.js")`:                             "/sw.js",
		`navigator.serviceWorker.register(new URL("sw.js", import.meta.url), {type:"module"})`:            "sw.js",
		`navigator.serviceWorker.register(this.url, this.options)`:                                        "",
		`navigator.serviceWorker.register(base + "sw.js")`:                                                "",
		`navigator.serviceWorker.register("/sw" + ".js")`:                                                 "",
		`navigator.serviceWorker.register(u);navigator.serviceWorker.register("/b.js")`:                   "/b.js",
		`const wb = new Workbox('/sw.js'); wb.register();`:                                                "/sw.js",
		`a=b/c;d="x";e=f/g;navigator.serviceWorker.register("/sw.js")`:                                    "/sw.js",
		`if(a)/['"]/.test(b);navigator.serviceWorker.register("/sw.js")`:                                  "/sw.js",
		`a=/["'/]/g;navigator.serviceWorker.register("/sw.js")`:                                           "/sw.js",
		"x=`a${b?`c${{}}`:'`'}d`;navigator.serviceWorker.register('/sw.js')":                              "/sw.js",
		"u='http://x';navigator.serviceWorker.register('/sw.js')":                                         "/sw.js",
		`navigator.serviceWorker.register("\/sw.js")`:                                                     "/sw.js",
		`f(a)/2;x="navigator";window.addEventListener('load',()=>navigator.serviceWorker.register("/s"))`: "/s",
	} {
		if url, ok := RegistersWorker([]byte(js)); !ok || url != want {
			t.Errorf("%q, %v, want %q: %s", url, ok, want, js)
		}
	}
}

func TestRegistersWorkerIgnoresMentions(t *testing.T) {
	for _, js := range []string{
		``,
		`"serviceWorker" in navigator && console.log("register")`,
		`navigator.serviceWorker.getRegistrations().then(rs => rs.forEach(r => r.unregister()))`,
		`navigator.serviceWorker.getRegistration("/"); customElements.register("x")`,
		`navigator.serviceWorker.ready.then(r => r.sync.register("x"))`,
		`navigator.serviceWorker.addEventListener("message", register)`,
		`// navigator.serviceWorker.register("/sw.js")`,
		"a()\n// call navigator.serviceWorker.register('/sw.js')\nb()",
		`/* navigator.serviceWorker.register("/sw.js") */`,
		`text = 'navigator.serviceWorker.register("/sw.js")'`,
		"text = `navigator.serviceWorker.register('/sw.js')`",
		"text = `${a} navigator.serviceWorker.register('/sw.js')`",
		`x = /navigator.serviceWorker.register("a")/`,
		`plugins.register(x); navigator.serviceWorker.controller`,
		`class A { register() { this.serviceWorker.url } }`,
		`const sw = navigator.serviceWorker.controller; sw.register("/x")`,
	} {
		if url, ok := RegistersWorker([]byte(js)); ok {
			t.Errorf("%q in %s", url, js)
		}
	}
}

func FuzzRegistersWorker(f *testing.F) {
	f.Add("", "")
	f.Add(`a = "b" / c`, "x")
	f.Add("`${a}`", "/")
	f.Add("/* */ // x", "\\")
	f.Fuzz(func(t *testing.T, before, after string) {
		RegistersWorker([]byte(before + "serviceWorker.register" + after))
		// What follows a registration cannot hide it.
		js := "navigator.serviceWorker.register('/sw.js')\n" + before + after
		if url, ok := RegistersWorker([]byte(js)); !ok || url != "/sw.js" {
			t.Fatalf("%q, %v: %q", url, ok, js)
		}
	})
}
