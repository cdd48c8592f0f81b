package swtest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestMessagesGoBothWays(t *testing.T) {
	b, tab, r := controlled(t, files{"/sw.js": `onmessage = event => event.source.postMessage({ heard: event.data, from: event.source.type, origin: event.origin, ports: event.ports.length })`})
	must(t, tab.Post(r.Active(), map[string]any{"hello": []int{1, 2}}))
	must(t, b.Settle())
	got, err := tab.Messages()
	must(t, err)
	same(t, "messages", fmt.Sprintf("%s", got), `[{"heard":{"hello":[1,2]},"from":"window","origin":"https://example.test","ports":0}]`)
}

func TestMessagesForAPageWaitForItsFirstScript(t *testing.T) {
	b, tab, _ := controlled(t, files{"/sw.js": `onfetch = event => event.waitUntil((async () => {
		const client = await clients.get(event.resultingClientId)
		client?.postMessage("welcome")
	})())`})
	tab.Navigate("/next/")
	must(t, b.Settle())
	same(t, "heard by a script that comes later", eval[string](t, tab, `new Promise(done => navigator.serviceWorker.addEventListener("message", event => done(event.data)))`), "welcome")
	got, err := tab.Messages()
	must(t, err)
	same(t, "all of them", got, []json.RawMessage{json.RawMessage(`"welcome"`)})
}

func TestPortsAndBuffersTravel(t *testing.T) {
	_, tab, _ := controlled(t, files{"/sw.js": `
		onmessage = ({ data, ports: [port] }) => {
			port.onmessage = event => port.postMessage(event.data * 2)
			port.postMessage([data.buffer.byteLength, data.map.get("a"), data.when instanceof Date])
		}`})
	same(t, "what came of them", eval[[]any](t, tab, `new Promise(done => {
		const { port1, port2 } = new MessageChannel(), buffer = new ArrayBuffer(8), got = []
		port1.onmessage = ({ data }) => {
			got.push(data)
			if (got.length === 1) port1.postMessage(21)
			else done([...got, buffer.byteLength])
		}
		navigator.serviceWorker.controller.postMessage({ buffer, map: new Map([["a", 1]]), when: new Date() }, [port2, buffer])
	})`), []any{[]any{8., 1., true}, 42., 0.})
}

func TestWhatCannotBeClonedThrows(t *testing.T) {
	_, tab, _ := controlled(t, files{"/sw.js": ""})
	if got := outcome(tab, "navigator.serviceWorker.controller.postMessage(() => {})"); !strings.HasPrefix(got, "DataCloneError: ") {
		t.Errorf("a function: %s", got)
	}
}

func TestAMessageStartsAWorkerAndOneToAnOldOneIsLost(t *testing.T) {
	site := files{"/sw.js": version("one")}
	b, tab, r := controlled(t, site)
	b.StopWorkers()
	same(t, "from a worker that was stopped", ask[string](t, tab, "0"), "one")
	old := r.Active()
	site["/sw.js"] = version("two", "oninstall = () => skipWaiting()")
	must(t, r.Update())
	must(t, b.Settle())
	if err := tab.Post(old, 0); err == nil {
		t.Error("a redundant worker took a message")
	}
}

func TestAWorkerTalksToItselfWhileItStarts(t *testing.T) {
	_, tab, _ := controlled(t, files{"/sw.js": `
		const heard = []
		serviceWorker.postMessage(serviceWorker.state)
		oninstall = () => heard.push("install")
		onmessage = event => event.ports[0] ? event.ports[0].postMessage(heard) : heard.push(event.data, event.source === serviceWorker)`})
	same(t, "heard", ask[[]any](t, tab, "0"), []any{"install", "parsed", true})
}

func TestWorkersTalkToEachOther(t *testing.T) {
	site := files{"/sw.js": `
		let heard = "nothing"
		onmessage = event => event.ports[0] ? event.ports[0].postMessage(heard) : heard = event.data + " from " + event.source.state`}
	b, tab, r := controlled(t, site)
	site["/sw.js"] = `oninstall = () => registration.active.postMessage("I am new")`
	must(t, r.Update())
	must(t, b.Settle())
	same(t, "the old worker heard", ask[string](t, tab, "0"), "I am new from installing")
}

func TestABroadcastReachesEverybodyElseOfTheOrigin(t *testing.T) {
	b, tab, _ := controlled(t, files{"/sw.js": `
		const channel = new BroadcastChannel("news")
		channel.onmessage = event => channel.postMessage("the worker heard " + event.data)
		onmessage = event => event.ports[0].postMessage("awake")`})
	ask[string](t, tab, "0")
	second, stranger := b.Open(origin+"/second/"), b.Open("https://else.test/")
	listen := `globalThis.heard = []; new BroadcastChannel("news").onmessage = event => heard.push(event.data)`
	must(t, second.Run(origin+"/main.js", listen))
	must(t, stranger.Run("https://else.test/main.js", listen))
	eval[bool](t, tab, `(globalThis.channel = new BroadcastChannel("news")).postMessage("hello") === undefined`)
	must(t, b.Settle())
	same(t, "the other page", eval[[]string](t, second, "heard"), []string{"hello", "the worker heard hello"})
	same(t, "another origin", eval[[]string](t, stranger, "heard"), []string{})
}

func TestThePagesConsoleIsItsOwn(t *testing.T) {
	b, tab, _ := controlled(t, files{"/sw.js": "console.warn('worker')"})
	second := b.Open(origin + "/")
	must(t, tab.Run(origin+"/main.js", "console.log('first', { a: [1] }); setTimeout(() => { throw new Error('thrown') }); Promise.reject(new TypeError('rejected'))"))
	must(t, second.Run(origin+"/main.js", "console.error('second')"))
	must(t, b.Settle())
	var texts []string
	for _, e := range tab.Console() {
		text, _, _ := strings.Cut(e.Text, " (") // where
		texts = append(texts, e.Kind+" "+text)
	}
	same(t, "the first page's", texts, []string{
		"console log: first {a: [1]}", "exception unhandled rejection: TypeError: rejected", "exception Error: thrown",
	})
	same(t, "the second page's", len(second.Console()), 1)
	if !traced(b, "console", "warn: worker") {
		t.Error("the worker's console is lost")
	}
}
