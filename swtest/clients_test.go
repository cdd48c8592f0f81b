package swtest_test

import (
	"testing"

	"github.com/swgen/swgen/swtest"
)

// lister answers a message with what clients.matchAll() says; an event's data
// are the options.
const lister = `
const show = c => c && [new URL(c.url).pathname, c.type, c.frameType, c.focused, c.visibilityState].join()
onmessage = async event => event.ports[0].postMessage((await clients.matchAll(event.data)).map(show))`

func TestMatchAllListsWindowsByFocus(t *testing.T) {
	b, tab, r := controlled(t, files{"/sw.js": lister})
	second := b.Open(origin + "/second/")
	b.Open("https://else.test/")
	third := b.Open(origin + "/third/")
	third.Hide(true)
	second.Focus()
	all := ask[[]string](t, tab, "{}")
	same(t, "windows", all, []string{
		"/second/,window,top-level,true,visible", "/third/,window,top-level,false,hidden", "/,window,top-level,false,visible",
	})
	frame := tab.Frame("/frame/")
	same(t, "controller of a frame", frame.Controller().Same(r.Active()), true)
	same(t, "with a frame", len(ask[[]string](t, tab, "{}")), 4)
	same(t, "the frame", ask[[]string](t, frame, "{}")[3], "/frame/,window,nested,false,visible")
	tab.Navigate("/elsewhere/")
	same(t, "frames go with their page", len(ask[[]string](t, tab, "{}")), 3)
	second.Close()
	same(t, "closed", len(ask[[]string](t, tab, "{}")), 2)
}

func TestUncontrolledPagesAreListedOnRequest(t *testing.T) {
	b, tab := open(t, files{"/": "home", "/app/sw.js": lister})
	r := install(t, b, tab, "/app/sw.js")
	app := b.Open(origin + "/app/")
	same(t, "controlled ones", ask[[]string](t, app, "{}"), []string{"/app/,window,top-level,true,visible"})
	same(t, "all", ask[[]string](t, app, "{ includeUncontrolled: true }"), []string{
		"/app/,window,top-level,true,visible", "/,window,top-level,false,visible",
	})
	same(t, "controller of the page outside", tab.Controller(), (*swtest.Worker)(nil))
	same(t, "scope", r.Scope(), origin+"/app/")
}

func TestClientsAreFoundByID(t *testing.T) {
	_, tab, _ := controlled(t, files{"/sw.js": `onmessage = async event => {
		const found = await clients.get(event.data)
		event.ports[0].postMessage([event.source.id, found?.id ?? "nobody"])
	}`})
	id := tab.ClientID()
	same(t, "itself", ask[[]string](t, tab, "'"+id+"'"), []string{id, id})
	tab.Navigate("/next/")
	same(t, "the page that is gone", ask[[]string](t, tab, "'"+id+"'"), []string{tab.ClientID(), "nobody"})
}

const mover = `
onmessage = async event => {
	const [what, ...args] = event.data
	const result = () => what === "open" ? clients.openWindow(...args) : event.source[what](...args)
	event.waitUntil(result().then(c => [c?.url ?? "nothing", c?.focused], error => [error.name, error.message]).then(text => event.ports[0].postMessage(text)))
}
onnotificationclick = event => event.waitUntil((async () => {
	const [first] = await clients.matchAll()
	if (event.action === "focus") return first.focus()
	const opened = await clients.openWindow(event.action)
	await registration.showNotification(opened ? "opened " + opened.url : "opened nothing that may be seen")
	await clients.openWindow("/once/more").catch(error => registration.showNotification(error.message))
})())`

func TestNavigateMovesAControlledPage(t *testing.T) {
	b, tab, _ := controlled(t, files{"/sw.js": mover, "/moved/": "moved"})
	_, err := tab.Eval("new Promise(() => navigator.serviceWorker.controller.postMessage(['navigate', '/moved/'], [new MessageChannel().port2]))")
	if err == nil {
		t.Error("the page is still there")
	}
	must(t, b.Settle())
	same(t, "the tab", []string{tab.URL(), tab.Page().Text()}, []string{origin + "/moved/", "moved"})
	same(t, "in the history", tab.Back().URL, origin+"/")
}

func TestNavigateRefusesWhereNothingAnswers(t *testing.T) {
	b, tab, _ := controlled(t, files{"/sw.js": `
		onmessage = event => event.waitUntil((async () => {
			const [other] = (await clients.matchAll()).filter(c => c.id !== event.source.id)
			const refused = await other.navigate("https://nobody.test/").catch(error => error.message)
			const gone = await other.navigate("/").catch(error => error.message)
			event.ports[0].postMessage([refused, gone])
		})())`})
	second := b.Open(origin + "/second/")
	b.Network.Script(func(r *swtest.Request) swtest.Weather {
		return swtest.Weather{Fail: r.URL == "https://nobody.test/"}
	})
	same(t, "what was thrown", ask[[]string](t, tab, "0"), []string{
		"Failed to execute 'navigate' on 'WindowClient': Cannot navigate to URL: https://nobody.test/",
		"Failed to execute 'navigate' on 'WindowClient': The client was not found.",
	})
	same(t, "the tab", []string{second.URL(), second.ClientID()}, []string{"https://nobody.test/", ""})
}

func TestFocusAndOpenWindowNeedAClick(t *testing.T) {
	b, tab, r := controlled(t, files{"/sw.js": mover, "/news/": "news"})
	same(t, "openWindow", ask[[]any](t, tab, "['open', '/news/']"), []any{"InvalidAccessError", "Not allowed to open a window."})
	same(t, "focus", ask[[]any](t, tab, "['focus']"), []any{"InvalidAccessError", "Not allowed to focus a window."})

	b.Grant(origin, "notifications")
	click := func(action string) {
		t.Helper()
		eval[bool](t, tab, "navigator.serviceWorker.ready.then(r => r.showNotification('news')).then(() => true)")
		shown := b.Notifications()
		must(t, shown[len(shown)-1].Click(action))
	}
	click("/news/")
	tabs := b.Tabs()
	same(t, "tabs", len(tabs), 2)
	same(t, "the new one", []string{tabs[1].URL(), tabs[1].Page().Text()}, []string{origin + "/news/", "news"})
	shown := b.Notifications()
	same(t, "what the worker saw", []string{shown[1].Title, shown[2].Title}, []string{"opened https://example.test/news/", "Not allowed to open a window."})
	click("https://else.test/")
	same(t, "tabs", b.Tabs()[2].URL(), "https://else.test/")
	same(t, "what the worker saw", b.Notifications()[4].Title, "opened nothing that may be seen")
	same(t, "the worker", r.Active().State(), "activated")

	same(t, "focus goes to the new tab", eval[bool](t, tab, "true"), true)
	click("focus")
	must(t, b.Settle())
}

func TestNavigateRefusesAPageOfAnotherWorker(t *testing.T) {
	b, tab := open(t, files{"/": "home", "/app/sw.js": `onmessage = event => event.source.navigate("/x").catch(error => event.ports[0].postMessage(error.name + ": " + error.message))`})
	install(t, b, tab, "/app/sw.js")
	got := eval[string](t, tab, `new Promise(done => {
		const { port1, port2 } = new MessageChannel()
		port1.onmessage = ({ data }) => done(data)
		navigator.serviceWorker.getRegistration("/app/").then(r => r.active.postMessage(0, [port2]))
	})`)
	same(t, "the error", got, "TypeError: Failed to execute 'navigate' on 'WindowClient': This service worker is not the client's active service worker.")
}

func TestReadyWaitsForAnActiveWorkerOfThePage(t *testing.T) {
	b, tab := open(t, files{"/": "home", "/app/": "app", "/app/sw.js": "", "/other/sw.js": ""})
	must(t, tab.Run("https://example.test/main.js", "navigator.serviceWorker.ready.then(r => globalThis.ready = r.scope)"))
	install(t, b, tab, "/other/sw.js")
	app := b.Open(origin + "/app/")
	must(t, app.Run("https://example.test/app/main.js", "navigator.serviceWorker.ready.then(r => globalThis.ready = r.scope)"))
	install(t, b, tab, "/app/sw.js")
	same(t, "the page in scope", eval[string](t, app, "ready"), origin+"/app/")
	same(t, "the page out of scope", eval[string](t, tab, "typeof ready"), "undefined")
}
