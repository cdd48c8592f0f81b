package platform_test

import (
	"encoding/json"
	"testing"

	"github.com/swgen/swgen/internal/jsvm"
	"github.com/swgen/swgen/internal/platform"
)

func decode(t *testing.T, arg, into any) {
	t.Helper()
	if err := json.Unmarshal(arg.(jsvm.JSON), into); err != nil {
		t.Fatal(err)
	}
}

func TestContainerRegisters(t *testing.T) {
	s := newRealm(t, platform.Window, map[string]any{
		"container.register": registrationRecord(workerRecord(10, "installing"), nil, nil),
		"container.get":      nil,
		"container.all":      []any{registrationRecord(nil, nil, workerRecord(10, "activated"))},
	}, ``)
	s.expectValue(`navigator.serviceWorker.register("sw.js").then(r => [r.scope, r.installing.state, r.installing.scriptURL, r.active, r.updateViaCache])`,
		`["https://site.test/","installing","`+scriptURL+`",null,"imports"]`)
	s.expectValue(`navigator.serviceWorker.register("sw.js").then(async r => r === await navigator.serviceWorker.register("sw.js"))`, `true`)
	s.expectValue(`navigator.serviceWorker.getRegistrations().then(l => [Object.isFrozen(l), l[0].installing.state, l[0].active])`, `[true,"installing",null]`)
	s.expectValue(`navigator.serviceWorker.getRegistration().then(r => [r])`, `[null]`)
	s.took()
	s.run(`
		const { serviceWorker } = navigator
		serviceWorker.register("../sw.js#x", { scope: "/a#y", type: "module", updateViaCache: "none" })
		serviceWorker.register(new URL("https://site.test/b.js?q"))
		serviceWorker.getRegistration("/x#y"); serviceWorker.getRegistration()
	`)
	s.expect(
		`container.register {"scriptURL":"https://site.test/sw.js","scope":"https://site.test/a","type":"module","updateViaCache":"none"}`,
		`container.register {"scriptURL":"https://site.test/b.js?q","scope":null,"type":"classic","updateViaCache":"imports"}`,
		"container.get https://site.test/x",
		"container.get https://site.test/page/index.html",
	)
	for call, want := range map[string]string{
		`register()`:                           `false TypeError: Failed to execute 'register' on 'ServiceWorkerContainer': 1 argument required, but only 0 present.`,
		`register("https://other.test/sw.js")`: `true SecurityError: Failed to register a ServiceWorker: The origin of the provided scriptURL ('https://other.test') does not match the current origin ('https://site.test').`,
		`register("/sw.js", { scope: "https://other.test/" })`: `true SecurityError: Failed to register a ServiceWorker: The origin of the provided scope ('https://other.test') does not match the current origin ('https://site.test').`,
		`register("data:text/javascript,")`:                    `false TypeError: Failed to register a ServiceWorker: The URL protocol of the script ('data:text/javascript,') is not supported.`,
		`register("/sw.js", { scope: "ftp://x" })`:             `false TypeError: Failed to register a ServiceWorker: The URL protocol of the scope ('ftp://x/') is not supported.`,
		`register("/a%2fb.js")`:                                `false TypeError: Failed to register a ServiceWorker: The provided scope ('https://site.test/') or scriptURL ('https://site.test/a%2fb.js') includes a disallowed escape character.`,
		`register("/sw.js", { type: "wasm" })`:                 `false TypeError: The provided value 'wasm' is not a valid enum value of type WorkerType.`,
		`getRegistration("https://other.test/")`:               `true SecurityError: Failed to get a ServiceWorkerRegistration: The origin of the provided documentURL ('https://other.test') does not match the current origin ('https://site.test').`,
		`getRegistration("https://[").catch(e => e.name)`:      `"TypeError"`,
	} {
		s.expectValue("serviceWorker."+call, want)
	}
}

func TestControllerAndReady(t *testing.T) {
	controller := any(nil)
	s := newRealm(t, platform.Window, map[string]any{
		"container.controller": func([]any) any { return controller },
		"container.ready":      registrationRecord(nil, nil, workerRecord(10, "activated")),
	}, `
		const { serviceWorker } = navigator
		serviceWorker.oncontrollerchange = e => console.log(e.type, serviceWorker.controller.scriptURL)
	`)
	s.expectValue(`serviceWorker.controller`, `null`)
	controller = workerRecord(10, "activated")
	s.dispatch("controller")
	s.expect("container.controller", "log controllerchange "+scriptURL)
	s.expectValue(`serviceWorker.ready.then(r => [r.active === serviceWorker.controller, serviceWorker.ready === serviceWorker.ready])`, `[true,true]`)
	s.expectValue(`["controller", "x"].map(k => Object.getOwnPropertyDescriptor(ServiceWorkerContainer.prototype, k)?.enumerable ?? null)`, `[true,null]`)
}

func TestContainerMessages(t *testing.T) {
	s := newRealm(t, platform.Window, nil, `
		const { serviceWorker } = navigator
		serviceWorker.addEventListener("message", e => console.log(e.constructor.name, e.data, e.origin, e.source.scriptURL))
		serviceWorker.onmessageerror = e => console.log(e.type, e.data)
	`)
	s.expect()
	s.run(`serviceWorker.onmessage = () => {}; serviceWorker.onmessage = null; serviceWorker.startMessages()`)
	s.expect("container.startMessages")
	s.dispatch("containerMessage", message(`"hi"`), workerRecord(10, "activated"), "https://site.test")
	s.dispatch("containerMessage", message(`["P","Unheard"]`), workerRecord(10, "activated"), "https://site.test")
	s.expect("log MessageEvent hi https://site.test "+scriptURL, "log messageerror null")
}

func TestRegistrationsInPages(t *testing.T) {
	s := newRealm(t, platform.Window, map[string]any{
		"container.get":           registrationRecord(nil, nil, workerRecord(10, "activated")),
		"registration.unregister": true,
		"registration.update":     &platform.Exception{Name: "InvalidStateError", Message: "no worker"},
	}, `
		let r
		navigator.serviceWorker.getRegistration().then(found => {
			r = found
			r.onupdatefound = () => {
				console.log("updatefound", r.installing.state, r.waiting)
				r.installing.onstatechange = e => console.log(e.target.state, r.waiting === e.target)
			}
		})
	`)
	s.took()
	s.dispatch("registration", registrationRecord(workerRecord(11, "installing"), nil, workerRecord(10, "activated")))
	s.dispatch("updatefound", 1)
	s.dispatch("registration", registrationRecord(nil, workerRecord(11, "installed"), workerRecord(10, "activated")))
	s.dispatch("workerState", 11, "installed")
	s.expect("log updatefound installing null", "log installed true")
	s.expectValue(`r.unregister()`, `true`)
	s.expectValue(`r.update()`, `true InvalidStateError: no worker`)
	s.took()
	s.run(`r.waiting.postMessage("skip"); r.waiting.postMessage(1, [])`)
	s.expect(`worker.post 11 {"value":"[\"skip\",[]]","buffers":[],"ports":[]}`, `worker.post 11 {"value":"[1,[]]","buffers":[],"ports":[]}`)
	s.expectValue(`r.active.postMessage()`, `false TypeError: Failed to execute 'postMessage' on 'ServiceWorker': 1 argument required, but only 0 present.`)
	s.expectValue(`r.active.postMessage(() => {})`, `true DataCloneError: () => {} could not be cloned.`)
}

func TestDedicatedWorkers(t *testing.T) {
	s := newRealm(t, platform.Window, map[string]any{"dedicated.new": 3}, `
		const w = new Worker("job.js", { type: "module", name: "n" })
		w.onmessage = e => console.log("got", e.data)
		w.onerror = e => console.log(e.constructor.name, e.message, e.lineno)
		w.postMessage("go")
	`)
	s.expect(`dedicated.new {"scriptURL":"https://site.test/page/job.js","type":"module","name":"n","credentials":"same-origin"}`,
		`dedicated.post 3 {"value":"[\"go\",[]]","buffers":[],"ports":[]}`)
	s.dispatch("dedicatedMessage", 3, message(`1`))
	if goes := s.dispatch("dedicatedError", 3, map[string]any{"message": "oops", "filename": "f", "lineno": 2, "colno": 1}); goes != true {
		t.Errorf("an error that nobody handled: %v", goes)
	}
	s.dispatch("dedicatedError", 3, map[string]any{"message": "", "filename": "", "lineno": 0, "colno": 0})
	s.expect("log got 1", "log ErrorEvent oops 2", "log Event undefined undefined")
	s.run(`w.terminate()`)
	s.dispatch("dedicatedMessage", 3, message(`2`))
	s.expect("dedicated.terminate 3")
	s.expectValue(`new Worker("https://[")`, `true SyntaxError: Failed to construct 'Worker': 'https://[' is not a valid URL.`)

	s = newRealm(t, platform.Worker, map[string]any{"scope.name": "n"}, `
		onmessage = e => postMessage([e.data, name])
		console.log("serviceWorker" in navigator, typeof ServiceWorkerRegistration, typeof Clients)
	`)
	s.expect("log false function undefined")
	s.dispatch("scopeMessage", message(`"in"`))
	s.run(`close()`)
	s.expect("scope.name", `scope.post {"value":"[[\"a\",\"in\",\"n\"],[]]","buffers":[],"ports":[]}`, "scope.close")
}

func TestPageNotifications(t *testing.T) {
	s := newRealm(t, platform.Window, map[string]any{"notification.show": 4, "notification.request": "granted"}, `
		const n = new Notification("page")
		n.onshow = e => console.log(e.type)
		n.onclick = e => console.log(e.type, e.cancelable)
	`)
	s.took()
	s.dispatch("notification", 4, "click")
	s.expect("log click true")
	s.expectValue(`Notification.requestPermission(p => console.debug(p))`, `"granted"`)
	s.expectValue(`new Notification("x", { actions: [{ action: "a", title: "t" }] })`,
		`false TypeError: Failed to construct 'Notification': Actions are only supported for persistent notifications shown using ServiceWorkerRegistration.showNotification().`)
	s.answers["notification.show"] = &platform.Exception{Name: "TypeError", Message: "denied"}
	s.took()
	s.run(`new Notification("x").onerror = () => console.log("error")`)
	if got := s.took(); got[len(got)-1] != "log error" {
		t.Errorf("a notification that may not be shown: %q", got)
	}
}
