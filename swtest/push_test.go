package swtest_test

import (
	"fmt"
	"strings"
	"testing"
)

const pusher = `
onpush = event => {
	const { title, ...options } = event.data?.json() ?? { title: "nothing" }
	event.waitUntil(registration.showNotification(title, options))
}
onnotificationclick = event => {
	event.notification.close()
	event.waitUntil(clients.openWindow(event.notification.data[event.action || "page"]))
}
onnotificationclose = event => event.waitUntil(caches.open("closed " + event.notification.tag))
onpushsubscriptionchange = event => event.waitUntil(caches.open(event.oldSubscription.endpoint === event.newSubscription.endpoint ? "same" : "another"))`

const subscribe = `navigator.serviceWorker.ready.then(r => r.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: new Uint8Array(65).fill(4) }))`

func TestAPushBecomesANotificationBecomesAPage(t *testing.T) {
	b, _, r := controlled(t, files{"/sw.js": pusher, "/offers/": "offers", "/help/": "help"})
	b.Grant(origin, "notifications")
	b.StopWorkers()
	must(t, r.Push([]byte(`{"title": "Cheap boats", "body": "today only", "tag": "offer", "data": {"page": "/offers/", "help": "/help/"},
		"actions": [{"action": "help", "title": "Help"}]}`)))
	shown := b.Notifications()
	if len(shown) != 1 {
		t.Fatalf("%d notifications", len(shown))
	}
	n := shown[0]
	same(t, "the notification", []any{n.Title, n.Body, n.Tag, n.Actions}, []any{"Cheap boats", "today only", "offer", []string{"help"}})
	must(t, n.Click(""))
	same(t, "opened", b.Tabs()[1].Page().Text(), "offers")
	same(t, "notifications left", len(b.Notifications()), 0)

	must(t, r.Push([]byte(`{"title": "Again", "tag": "offer", "data": {"help": "/help/"}}`)))
	must(t, b.Notifications()[0].Click("help"))
	same(t, "opened by a button", b.Tabs()[2].Page().Text(), "help")
}

func TestATagReplacesTheNotificationOfTheSameTag(t *testing.T) {
	b, tab, r := controlled(t, files{"/sw.js": pusher})
	b.Grant(origin, "notifications")
	for _, title := range []string{"one", "two"} {
		must(t, r.Push([]byte(`{"title": "`+title+`", "tag": "t"}`)))
	}
	must(t, r.Push(nil))
	same(t, "shown", eval[[]string](t, tab, "navigator.serviceWorker.ready.then(r => r.getNotifications()).then(list => list.map(n => n.title))"), []string{"two", "nothing"})
	must(t, b.Notifications()[0].Dismiss())
	same(t, "what the worker did", b.Caches(origin), []string{"closed t"})
	same(t, "shown", len(b.Notifications()), 1)
}

func TestPushAndNotificationsNeedPermission(t *testing.T) {
	b, tab, r := controlled(t, files{"/sw.js": pusher})
	same(t, "subscribe", outcome(tab, subscribe), "NotAllowedError: Registration failed - permission denied")
	if err := r.Push([]byte(`{"title": "x"}`)); err == nil || !strings.Contains(err.Error(), "No notification permission has been granted for this origin.") {
		t.Errorf("showing: %v", err)
	}
	same(t, "Notification.permission", eval[string](t, tab, "Notification.permission"), "default")
	b.Deny(origin, "notifications")
	same(t, "denied", eval[string](t, tab, "Notification.requestPermission()"), "denied")
	b.Grant(origin, "push")
	same(t, "push", eval[string](t, tab, `navigator.serviceWorker.ready.then(r => r.pushManager.permissionState({ userVisibleOnly: true }))`), "granted")
}

func TestASubscriptionLastsUntilItIsGivenUp(t *testing.T) {
	b, tab, r := controlled(t, files{"/sw.js": pusher})
	b.Grant(origin, "push")
	first := eval[map[string]any](t, tab, subscribe)
	again := eval[map[string]any](t, tab, subscribe)
	same(t, "the subscription", again, first)
	if !strings.HasPrefix(fmt.Sprint(first["endpoint"]), "https://") {
		t.Errorf("the subscription is %v", first)
	}
	must(t, r.RenewSubscription())
	same(t, "what the worker was told", b.Caches(origin), []string{"another"})
	renewed := eval[map[string]any](t, tab, subscribe)
	if renewed["endpoint"] == first["endpoint"] {
		t.Error("the subscription was not renewed")
	}
	same(t, "another key", outcome(tab, strings.Replace(subscribe, "fill(4)", "fill(4, 0, 1)", 1))[:17], "InvalidStateError")
	same(t, "given up", eval[[]bool](t, tab, `navigator.serviceWorker.ready.then(async r => {
		const s = await r.pushManager.getSubscription()
		return [await s.unsubscribe(), await s.unsubscribe(), await r.pushManager.getSubscription() === null]
	})`), []bool{true, false, true})
	if err := r.RenewSubscription(); err == nil {
		t.Error("there is a subscription")
	}
}

func TestSubscriptionsAndNotificationsNeedAnActiveWorker(t *testing.T) {
	b, tab := open(t, files{"/": "home", "/sw.js": "oninstall = event => event.waitUntil(new Promise(() => {}))"})
	b.Grant(origin, "push")
	b.Grant(origin, "notifications")
	_, err := tab.Register("/sw.js")
	must(t, err)
	same(t, "subscribe", outcome(tab, "navigator.serviceWorker.getRegistrations().then(([r]) => r.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: new Uint8Array(65).fill(4) }))"),
		"AbortError: Failed to execute 'subscribe' on 'PushManager': Subscription failed - no active Service Worker")
	same(t, "showNotification", outcome(tab, "navigator.serviceWorker.getRegistrations().then(([r]) => r.showNotification('x'))"),
		"TypeError: Failed to execute 'showNotification' on 'ServiceWorkerRegistration': No active registration available on the ServiceWorkerRegistration.")
	same(t, "in view", len(b.Notifications()), 0)
}

func TestAPushWaitsForTheActivation(t *testing.T) {
	b, tab := open(t, files{"/": "home", "/sw.js": `
		let active = false
		onactivate = event => event.waitUntil(new Promise(done => setTimeout(done, 5000)).then(() => active = true))
		onpush = event => event.waitUntil(caches.open("active " + active))`})
	r, err := tab.Register("/sw.js")
	must(t, err)
	b.Advance(0)
	same(t, "state", r.Active().State(), "activating")
	must(t, r.Push(nil))
	same(t, "caches", b.Caches(origin), []string{"active true"})
}

func TestAPushThatNobodyHandlesIsAnError(t *testing.T) {
	_, _, r := controlled(t, files{"/sw.js": ""})
	if err := r.Push(nil); err == nil || err.Error() != "the worker of https://example.test/ has no listener for push" {
		t.Error(err)
	}
}

func TestAPagesOwnNotificationTellsThePage(t *testing.T) {
	b, tab := open(t, files{"/": "home"})
	b.Grant(origin, "notifications")
	must(t, tab.Run(origin+"/main.js", `
		globalThis.heard = []
		globalThis.show = (title, options) => {
			const n = new Notification(title, options)
			for (const type of ["show", "click", "close", "error"]) n.addEventListener(type, event => heard.push(title + " " + event.type))
			return n
		}
		show("one", { tag: "t" })
		show("two", { tag: "t" })
		globalThis.three = show("three")`))
	must(t, b.Settle())
	shown := b.Notifications()
	same(t, "in view", []string{shown[0].Title, shown[1].Title}, []string{"two", "three"})
	must(t, shown[0].Click(""))
	must(t, shown[0].Dismiss())
	same(t, "closed by script", eval[bool](t, tab, "three.close() === undefined"), true)
	b.Advance(0)
	same(t, "heard", eval[[]string](t, tab, "heard"), []string{"one show", "one close", "two show", "three show", "two click", "two close", "three close"})
	same(t, "in view", len(b.Notifications()), 0)

	eval[bool](t, tab, "show('four') !== null")
	four := b.Notifications()[0]
	tab.Close()
	if err := four.Click(""); err == nil {
		t.Error("a page that is gone was told")
	}
}
