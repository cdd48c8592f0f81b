package platform_test

import (
	"testing"

	"github.com/swgen/swgen/internal/platform"
)

// helpers for scripts: waitUntil that logs whether it was allowed, a promise
// that settles in a task of its own.
const lifetimeScript = `
	function extend(event, label) {
		try { event.waitUntil(Promise.resolve()); console.log(label, "ok") } catch (e) { console.log(label, e.name, e instanceof DOMException) }
	}
	const task = () => new Promise(resolve => setTimeout(resolve))
`

func TestLifetimeOfAnEvent(t *testing.T) {
	const late = "InvalidStateError true"
	for _, test := range []struct {
		name, listener string
		want           []string
	}{
		{"ends with the dispatch when nobody extends it", `e => {}`, []string{"event.done 5 true "}},
		{"lasts until the promise settles", `e => e.waitUntil(task().then(() => console.log("end")))`, []string{"log end", "event.done 5 true "}},
		{"fails with the first rejection", `e => {
			e.waitUntil(task().then(() => { throw new TypeError("first") }))
			e.waitUntil(task().then(task).then(() => { throw new Error("second") }))
			e.waitUntil(task().then(task).then(task).then(() => console.log("end")))
		}`, []string{"log end", "event.done 5 false TypeError: first"}},
		{"may be extended in a microtask of the listener", `e => { Promise.resolve().then(() => extend(e, "microtask")) }`,
			[]string{"log microtask ok", "event.done 5 true "}},
		{"may not be extended in a later task", `e => { task().then(() => extend(e, "task")) }`,
			[]string{"event.done 5 true ", "log task " + late}},
		{"may be extended while something is pending", `e => {
			e.waitUntil(task().then(task))
			task().then(() => extend(e, "task"))
		}`, []string{"log task ok", "event.done 5 true "}},
		{"may be extended by the reaction to the last promise", `e => {
			const p = task()
			e.waitUntil(p)
			p.then(() => extend(e, "reaction"))
		}`, []string{"log reaction ok", "event.done 5 true "}},
		{"may not be extended a microtask after that", `e => {
			const p = task()
			e.waitUntil(p)
			p.then(() => Promise.resolve()).then(() => extend(e, "microtask")).then(() => {})
		}`, []string{"event.done 5 true ", "log microtask " + late}},
		{"is not ended by an exception", `e => { e.waitUntil(task().then(() => console.log("end"))); throw new Error("oops") }`,
			[]string{"error Error: oops", "log end", "event.done 5 true "}},
		{"converts what it is given", `e => { e.waitUntil(42); e.waitUntil({ then(_, reject) { reject("no") } }) }`, []string{"event.done 5 false no"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newRealm(t, platform.ServiceWorker, itself(nil), lifetimeScript+`onactivate = `+test.listener)
			s.dispatch("activate", 5)
			s.expect(test.want...)
		})
	}
}

func TestMicrotasksRunBetweenListeners(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, itself(nil), lifetimeScript+`
		addEventListener("activate", e => { Promise.resolve().then(() => extend(e, "between")) })
		addEventListener("activate", e => console.log("second"))
	`)
	s.dispatch("activate", 5)
	s.expect("log between ok", "log second", "event.done 5 true ")
}

func TestEventsMadeByScriptCannotBeExtended(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, itself(nil), lifetimeScript+`
		addEventListener("x", e => extend(e, "listener"))
		extend(new ExtendableEvent("x"), "idle")
		dispatchEvent(new ExtendableEvent("x"))
	`)
	s.expect("log idle InvalidStateError true", "log listener InvalidStateError true")

	s = newRealm(t, platform.ServiceWorker, itself(nil), lifetimeScript+`
		let kept
		onactivate = e => { kept = e; e.waitUntil(task().then(() => { dispatchEvent(e) })) ; onactivate = e => extend(e, "again") }
	`)
	s.dispatch("activate", 5)
	s.expect("log again InvalidStateError true", "event.done 5 true ")
}

func TestListenersAddedAfterTheFirstEvaluationAreWarnedAbout(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, itself(nil), `
		addEventListener("fetch", () => {})
		onpush = () => {}
		onsync = () => {}
		onsync = null
		addEventListener("message", onpush)
		removeEventListener("message", onpush)
	`)
	var initial struct {
		Events     []string
		FetchEmpty bool
	}
	if err := s.realm.DispatchInto(&initial, "initialised"); err != nil {
		t.Fatal(err)
	}
	if len(initial.Events) != 2 || initial.Events[0] != "fetch" || initial.Events[1] != "push" || !initial.FetchEmpty {
		t.Errorf("the first evaluation left %+v", initial)
	}
	s.run(`addEventListener("fetch", () => {}); oninstall = () => {}; oninstall = () => {}; oninstall = null`)
	s.expect(
		"warn Event handler of 'fetch' event must be added on the initial evaluation of worker script.",
		"warn Event handler of 'install' event must be added on the initial evaluation of worker script.",
	)
}

func TestWhichFetchListenersAreEmpty(t *testing.T) {
	for listener, empty := range map[string]bool{
		`() => {}`:                                 true,
		`e => { }`:                                 true,
		`(e) => { /* nothing yet */ }`:             true,
		`function (event) { // nothing` + "\n}":    true,
		`async function f(event) {}`:               true,
		`e => e.request`:                           false,
		`e => { e.respondWith(fetch(e.request)) }`: false,
		`(e = console.log("effect")) => {}`:        false,
		`({ request }) => {}`:                      false,
		`{ handleEvent() {} }`:                     false,
		`(() => {}).bind(null)`:                    false,
	} {
		s := newRealm(t, platform.ServiceWorker, itself(nil), `addEventListener("fetch", `+listener+`)`)
		var initial struct{ FetchEmpty bool }
		if err := s.realm.DispatchInto(&initial, "initialised"); err != nil {
			t.Fatal(err)
		}
		if initial.FetchEmpty != empty {
			t.Errorf("%s: empty is %v", listener, initial.FetchEmpty)
		}
	}
}

func TestInstallationAndItself(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, itself(nil), `
		console.log(serviceWorker.state, registration.installing, registration.scope, serviceWorker.scriptURL)
		registration.onupdatefound = () => console.log("updatefound")
		serviceWorker.onstatechange = e => console.log(e.target === self.serviceWorker, serviceWorker.state)
		oninstall = e => {
			console.log(e instanceof InstallEvent, registration.installing === serviceWorker)
			e.waitUntil(self.skipWaiting().then(x => console.log("skipped", x)))
		}
		onactivate = e => console.log(e.constructor.name, registration.active === serviceWorker, registration.installing)
	`)
	s.expect("log parsed null https://site.test/ " + scriptURL)
	s.dispatch("registration", registrationRecord(workerRecord(10, "installing"), nil, nil))
	s.dispatch("workerState", 10, "installing")
	s.dispatch("workerState", 11, "installing")
	s.dispatch("updatefound", 1)
	s.dispatch("updatefound", 2)
	s.expect("log true installing", "log updatefound")
	s.dispatch("install", 1)
	s.expect("log true true", "sw.skipWaiting", "log skipped undefined", "event.done 1 true ")
	s.dispatch("registration", registrationRecord(nil, nil, workerRecord(10, "activating")))
	s.dispatch("activate", 2)
	s.expect("log ExtendableEvent true null", "event.done 2 true ")
}

func TestTheRegistrationIsAsNewAsItsFirstUse(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, itself(nil), `serviceWorker.onstatechange = () => {}`)
	s.answers["sw.self"] = map[string]any{
		"registration": registrationRecord(nil, nil, workerRecord(10, "activating")), "worker": workerRecord(10, "activating"),
	}
	s.dispatch("registration", registrationRecord(nil, nil, workerRecord(10, "activating")))
	s.expectValue(`[registration.installing, registration.active === serviceWorker]`, `[null,true]`)
}
