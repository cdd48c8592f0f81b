package platform_test

import (
	"testing"

	"github.com/swgen/swgen/internal/jsvm"
	"github.com/swgen/swgen/internal/platform"
)

func TestClients(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, itself(map[string]any{
		"clients.get": func(args []any) any {
			if args[0] == "tab" {
				return clientRecord("tab", "window")
			}
			return nil
		},
		"clients.matchAll":   []any{clientRecord("tab", "window"), clientRecord("job", "worker")},
		"clients.openWindow": nil,
		"clients.claim":      &platform.Exception{Name: "InvalidStateError", Message: "Only the active worker can claim clients."},
		"client.focus":       clientRecord("tab", "window"),
		"client.navigate":    clientRecord("next", "window"),
	}), ``)
	const fields = `(({ constructor, id, url, type, frameType, focused, visibilityState, ancestorOrigins }) =>
		[constructor.name, id, url, type, frameType, focused, visibilityState, ancestorOrigins])`
	s.expectValue(`clients.get("tab").then(`+fields+`)`,
		`["WindowClient","tab","https://site.test/tab","window","top-level",false,"hidden",["https://parent.test"]]`)
	s.expectValue(`clients.get("other").then(c => [c])`, `[null]`)
	s.expectValue(`clients.matchAll().then(l => [Object.isFrozen(l), ...l.map(c => c instanceof WindowClient), l[1].id, l[1] instanceof Client])`,
		`[true,true,false,"job",true]`)
	s.expectValue(`clients.get("tab").then(async c => c === await clients.get("tab"))`, `false`)
	s.expectValue(`clients.claim()`, `true InvalidStateError: Only the active worker can claim clients.`)
	s.expectValue(`clients.openWindow("/there").then(c => [c])`, `[null]`)
	s.expectValue(`clients.openWindow("about:blank")`, `false TypeError: Failed to execute 'openWindow' on 'Clients': 'about:blank' is not a valid URL.`)
	s.expectValue(`clients.get("tab").then(c => c.focus()).then(c => c.id)`, `"tab"`)
	s.expectValue(`clients.get("tab").then(c => c.navigate("next#x")).then(c => c.id)`, `"next"`)
	s.expectValue(`clients.get("tab").then(c => c.navigate("https://["))`, `false TypeError: Failed to execute 'navigate' on 'WindowClient': 'https://[' is not a valid URL.`)
	s.expectValue(`clients.matchAll({ type: "tab" })`, `false TypeError: The provided value 'tab' is not a valid enum value of type ClientType.`)
	s.expectValue(`clients.get()`, `false TypeError: Failed to execute 'get' on 'Clients': 1 argument required, but only 0 present.`)
	s.expectValue(`Clients.prototype.matchAll.call({}).catch(e => e.name)`, `"TypeError"`)
	s.expectValue(`new Client`, `false TypeError: Illegal constructor`)

	s.took()
	s.run(`clients.matchAll(); clients.matchAll({ includeUncontrolled: 1, type: "all" }); clients.openWindow("../x"); clients.get("tab").then(c => c.navigate("y"))`)
	s.expect(
		`clients.matchAll {"includeUncontrolled":false,"type":"window"}`,
		`clients.matchAll {"includeUncontrolled":true,"type":"all"}`,
		`clients.openWindow https://site.test/x`,
		`clients.get tab`,
		`client.navigate tab https://site.test/y`,
	)
}

func TestMessagesToAndFromClients(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, itself(nil), `
		onmessage = e => {
			console.log(e.constructor.name, e.data, e.origin, e.source && e.source.constructor.name, e.source === serviceWorker, e.ports.length, e.lastEventId)
			if (e.source) e.waitUntil(Promise.resolve(e.source.postMessage({ pong: e.data })))
			if (e.data === "transfer") { const b = new ArrayBuffer(8); e.source.postMessage(b, [b]); e.source.postMessage(1, { transfer: [] }); console.log(b.byteLength) }
		}
		onmessageerror = e => console.log(e.type, e.data, e.origin, e.source.id)
	`)
	tab := map[string]any{"client": clientRecord("tab", "window"), "worker": nil}
	s.dispatch("message", 1, message(`"ping"`), tab, "https://site.test")
	s.expect("log ExtendableMessageEvent ping https://site.test WindowClient false 0 ",
		`client.post tab {"value":"[[\"o\",\"pong\",\"ping\"],[]]","buffers":[],"ports":[]}`, "event.done 1 true ")
	s.dispatch("message", 2, message(`7`), map[string]any{"client": nil, "worker": workerRecord(10, "activated")}, "https://site.test")
	s.expect("log ExtendableMessageEvent 7 https://site.test ServiceWorker true 0 ",
		`worker.post 10 {"value":"[[\"o\",\"pong\",7],[]]","buffers":[],"ports":[]}`, "event.done 2 true ")
	s.dispatch("message", 3, message(`["u"]`), map[string]any{}, "https://site.test")
	s.expect("log ExtendableMessageEvent undefined https://site.test null false 0 ", "event.done 3 true ")
	s.dispatch("message", 4, message(`["P","Unheard"]`), tab, "https://site.test")
	s.expect("log messageerror null https://site.test tab", "event.done 4 true ")
	s.dispatch("message", 5, message(`"transfer"`), tab, "https://site.test")
	if got := s.took(); len(got) != 6 || got[4] != "log 0" {
		t.Errorf("a transferred buffer: %q", got)
	}
}

func TestExtendableMessageEventConstructor(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, itself(nil), ``)
	s.expectValue(`(() => { const e = new ExtendableMessageEvent("m"); return [e.data, e.origin, e.lastEventId, e.source, e.ports] })()`, `[null,"","",null,[]]`)
	s.expectValue(`(() => {
		const { port1 } = new MessageChannel, e = new ExtendableMessageEvent("m", { data: 1, source: port1, ports: [port1] })
		return [e.source === port1, e.ports[0] === port1, Object.isFrozen(e.ports), e.ports === e.ports]
	})()`, `[true,true,true,true]`)
	s.expectValue(`new ExtendableMessageEvent("m", { source: {} })`,
		`false TypeError: Failed to construct 'ExtendableMessageEvent': Failed to convert value to '(Client or ServiceWorker or MessagePort)'.`)
	s.expectValue(`new ExtendableMessageEvent("m", { ports: [1] })`, `false TypeError: Failed to construct 'ExtendableMessageEvent': Failed to convert value to 'MessagePort'.`)
}

func TestStaticRoutes(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, itself(nil), `
		let rules
		oninstall = e => e.addRoutes(rules).then(() => console.log("added"), x => console.log(x.name, x.message))
	`)
	install := 0
	add := func(rules string) {
		t.Helper()
		s.run("rules = " + rules)
		s.took()
		install++
		s.dispatch("install", install)
	}
	add(`{ condition: { requestMethod: "post", requestMode: "cors", requestDestination: "", runningStatus: "running" }, source: "network" }`)
	s.expect(`routes.add [{"condition":{"requestDestination":"","requestMode":"cors","runningStatus":"running","requestMethod":"POST"},"source":"network","cacheName":""}]`,
		"log added", "event.done 1 true ")
	add(`[{ condition: { or: [{ requestMethod: "GET" }, { not: { requestMode: "navigate" } }] }, source: { cacheName: "v1" } }]`)
	s.expect(`routes.add [{"condition":{"or":[{"requestMethod":"GET"},{"not":{"requestMode":"navigate"}}]},"source":"cache","cacheName":"v1"}]`,
		"log added", "event.done 2 true ")
	nested := func(depth int) string {
		condition := `{ requestMethod: "GET" }`
		for range depth {
			condition = `{ not: ` + condition + ` }`
		}
		return `{ condition: ` + condition + `, source: "network" }`
	}
	for _, rules := range []string{
		`{ condition: {}, source: "network" }`,
		`{ source: "network" }`,
		`{ condition: { requestMethod: "GET" } }`,
		`{ condition: { requestMethod: "GET" }, source: "nowhere" }`,
		`{ condition: { requestMethod: "€" }, source: "network" }`,
		`{ condition: { requestMethod: "a b" }, source: "network" }`,
		`{ condition: { requestMethod: "CONNECT" }, source: "network" }`,
		`{ condition: { urlPattern: "/(a|b)" }, source: "network" }`,
		`{ condition: { urlPattern: "http://[" }, source: "network" }`,
		`{ condition: { requestMethod: "GET", not: { requestMode: "cors" } }, source: "network" }`,
		`{ condition: { requestMethod: "GET" }, source: "fetch-event" }`, // there is no listener for it
		`Array.from({ length: 1024 }, () => ({ condition: { requestMethod: "GET" }, source: "network" }))`,
		nested(10),
		`7`,
	} {
		add(rules)
		got := s.took()
		if len(got) != 2 || got[1][:10] != "event.done" || got[0][:14] != "log TypeError " {
			t.Errorf("%.80s: %q", rules, got)
		}
	}
	add(nested(9))
	if got := s.took(); len(got) != 3 || got[1] != "log added" {
		t.Errorf("nested within the limit: %q", got)
	}
}

func TestRoutePatternsBecomeRegularExpressions(t *testing.T) {
	var pathname, hostname string
	s := newRealm(t, platform.ServiceWorker, itself(map[string]any{
		"routes.add": func(args []any) any {
			var rules []struct {
				Condition struct {
					URLPattern struct{ Pathname, Hostname string }
				}
			}
			decode(t, args[0], &rules)
			pathname, hostname = rules[0].Condition.URLPattern.Pathname, rules[0].Condition.URLPattern.Hostname
			return nil
		},
	}), `let pattern; oninstall = e => e.addRoutes({ condition: { urlPattern: pattern }, source: "network" })`)
	for pattern, want := range map[string][2]string{
		`"/a/*"`:                               {`^\/a\/.*$`, `^site\.test$`},
		`"/:year/:slug.html"`:                  {`^\/[^/]+\/[^/]+\.html$`, `^site\.test$`},
		`"/x/:id?"`:                            {`^\/x(?:\/[^/]+)?$`, `^site\.test$`},
		`"/x/:id+"`:                            {`^\/x(?:\/[^/]+)+$`, `^site\.test$`},
		`"/x{/y}?"`:                            {`^\/x(?:\/y)?$`, `^site\.test$`},
		`"/x{-:id.js}*"`:                       {`^\/x(?:-[^/]+\.js)*$`, `^site\.test$`},
		`({ hostname: ":sub.site.test" })`:     {`^.*$`, `^[^.]+\.site\.test$`},
		`new URLPattern({ pathname: "/a.b" })`: {`^\/a\.b$`, `^.*$`},
	} {
		s.run("pattern = " + pattern)
		s.dispatch("install", 1)
		if pathname != want[0] || hostname != want[1] {
			t.Errorf("%s: %s %s", pattern, pathname, hostname)
		}
	}
}

func TestPush(t *testing.T) {
	subscription := map[string]any{
		"endpoint": "https://push.test/1", "expirationTime": nil, "userVisibleOnly": true,
		"applicationServerKey": "BAEC", "p256dh": "BAME", "auth": "AQID",
	}
	s := newRealm(t, platform.ServiceWorker, itself(map[string]any{
		"push.subscribe": subscription, "push.get": jsvm.Null, "push.unsubscribe": true, "push.permission": "granted",
	}), `
		onpush = e => console.log(e.data && [e.data.text(), e.data.json(), [...e.data.bytes()], e.data.arrayBuffer().byteLength, e.data.blob().size, e.data.blob().type])
		onpushsubscriptionchange = e => console.log(e.newSubscription.endpoint, e.oldSubscription)
		const key = new Uint8Array(65); key[0] = 4
	`)
	s.dispatch("push", 1, []byte(`[1]`))
	s.dispatch("push", 2, jsvm.Null)
	s.dispatch("pushsubscriptionchange", 3, subscription, jsvm.Null)
	s.expect("log (6) ['[1]', [1], (3) [91, 49, 93], 3, 3, '']", "event.done 1 true ", "log null", "event.done 2 true ",
		"log https://push.test/1 null", "event.done 3 true ")
	s.expectValue(`registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }).then(s => [s.toJSON(), s.options.applicationServerKey.byteLength, [...new Uint8Array(s.getKey("auth"))]])`,
		`[{"endpoint":"https://push.test/1","expirationTime":null,"keys":{"p256dh":"BAME","auth":"AQID"}},3,[1,2,3]]`)
	s.expectValue(`registration.pushManager.getSubscription()`, `null`)
	s.expectValue(`registration.pushManager.subscribe().then(s => s.unsubscribe())`, `true`)
	s.expectValue(`registration.pushManager.permissionState({ userVisibleOnly: true })`, `"granted"`)
	s.expectValue(`registration.pushManager === registration.pushManager`, `true`)
	s.expectValue(`PushManager.supportedContentEncodings`, `["aes128gcm","aesgcm"]`)
	s.expectValue(`registration.pushManager.subscribe({ applicationServerKey: "?" })`,
		`true InvalidCharacterError: Failed to execute 'subscribe' on 'PushManager': The provided applicationServerKey is not encoded as base64url without padding.`)
	s.expectValue(`registration.pushManager.subscribe({ applicationServerKey: "AAAA" })`,
		`true InvalidAccessError: Failed to execute 'subscribe' on 'PushManager': The provided applicationServerKey is not valid.`)
	s.expectValue(`registration.pushManager.subscribe().then(s => s.getKey("x"))`, `false TypeError: The provided value 'x' is not a valid enum value of type PushEncryptionKeyName.`)
	s.expectValue(`[new PushEvent("p").data, new PushEvent("p", { data: "hé" }).data.bytes().length]`, `[null,3]`)
	s.took()
	s.run(`registration.pushManager.subscribe({ applicationServerKey: key.buffer })`)
	s.expect(`push.subscribe 1 {"userVisibleOnly":false,"applicationServerKey":"BA` + zeros(85) + `"}`)
}

func zeros(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = 'A'
	}
	return string(b)
}

func TestSyncs(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, itself(map[string]any{
		"sync.tags": []string{"a"}, "periodicSync.tags": []string{"b"},
		"sync.register": &platform.Exception{Name: "NotAllowedError", Message: "Permission denied."},
	}), `
		onsync = e => { console.log(e.tag, e.lastChance); e.waitUntil(Promise.reject("again")) }
		onperiodicsync = e => console.log(e.tag)
	`)
	s.dispatch("sync", 1, "outbox", true)
	s.dispatch("periodicsync", 2, "news")
	s.expect("log outbox true", "event.done 1 false again", "log news", "event.done 2 true ")
	s.expectValue(`registration.sync.register("x")`, `true NotAllowedError: Permission denied.`)
	s.expectValue(`registration.sync.getTags()`, `["a"]`)
	s.expectValue(`registration.periodicSync.getTags()`, `["b"]`)
	s.expectValue(`registration.periodicSync.register("x", { minInterval: -1 })`, `false TypeError: Value is outside the range [0, 9007199254740991].`)
	s.expectValue(`new SyncEvent("sync", {})`, `false TypeError: Failed to construct 'SyncEvent': Failed to read the 'tag' property from 'SyncEventInit': Required member is undefined.`)
	s.expectValue(`new PeriodicSyncEvent("periodicsync", { tag: 3 }).tag`, `"3"`)
	s.took()
	s.run(`registration.periodicSync.register("x", { minInterval: 5 }); registration.periodicSync.unregister("x"); registration.periodicSync.register("y")`)
	s.expect("periodicSync.register 1 x 5", "periodicSync.unregister 1 x", "periodicSync.register 1 y 0")
}

func TestNotifications(t *testing.T) {
	var shown any
	s := newRealm(t, platform.ServiceWorker, itself(map[string]any{
		"notification.show":       func(args []any) any { shown = args[1]; return 5 },
		"notification.list":       func([]any) any { return []any{shown} },
		"notification.permission": "granted",
	}), `
		onnotificationclick = e => { console.log(e.action, e.notification.title, e.notification.data); e.notification.close() }
		onnotificationclose = e => console.log("closed", e.notification.tag, e.action === "")
	`)
	s.expectValue(`registration.showNotification("Hello", { body: "b", tag: "t", icon: "i.png", data: { n: [1] }, vibrate: [100, 50], actions: [{ action: "a", title: "A" }, { action: "b", title: "B", icon: "x" }, { action: "c", title: "C" }] }).then(x => [x])`, `[null]`)
	s.dispatch("notificationclick", 1, shown, "a")
	s.dispatch("notificationclose", 2, shown)
	s.expect("log a Hello {n: [1]}", "notification.close 0", "event.done 1 true ", "log closed t true", "event.done 2 true ")
	s.expectValue(`registration.getNotifications({ tag: "t" }).then(([n]) => [n.title, n.body, n.tag, n.icon, n.badge, n.dir, n.silent, n.vibrate, n.actions, n.data, n.data === n.data, n.timestamp])`,
		`["Hello","b","t","https://site.test/i.png","","auto",null,[100],[{"action":"a","title":"A"},{"action":"b","icon":"https://site.test/x","title":"B"}],{"n":[1]},true,1000000060000]`)
	s.expectValue(`Notification.permission`, `"granted"`)
	s.expectValue(`["requestPermission" in Notification, Notification.maxActions]`, `[false,2]`)
	s.expectValue(`new Notification("x")`, `false TypeError: Failed to construct 'Notification': Illegal constructor. Use ServiceWorkerRegistration.showNotification() instead.`)
	s.expectValue(`registration.showNotification()`, `false TypeError: Failed to execute 'showNotification' on 'ServiceWorkerRegistration': 1 argument required, but only 0 present.`)
	s.expectValue(`registration.showNotification("x", { renotify: true })`, `false TypeError: Failed to execute 'showNotification' on 'ServiceWorkerRegistration': Notifications which set the renotify flag must specify a non-empty tag.`)
	s.expectValue(`registration.showNotification("x", { silent: true, vibrate: 1 })`, `false TypeError: Failed to execute 'showNotification' on 'ServiceWorkerRegistration': Silent notifications must not specify vibration patterns.`)
	s.expectValue(`registration.showNotification("x", { data() {} }).catch(e => e.name)`, `"DataCloneError"`)
	s.expectValue(`new NotificationEvent("n", {})`, `false TypeError: Failed to construct 'NotificationEvent': Failed to read the 'notification' property from 'NotificationEventInit': Failed to convert value to 'Notification'.`)
}

func TestPermissions(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, itself(map[string]any{"permissions.query": "prompt"}), ``)
	s.expectValue(`navigator.permissions.query({ name: "notifications" }).then(s => [s.constructor.name, s.name, s.state, s.onchange])`, `["PermissionStatus","notifications","prompt",null]`)
	s.expectValue(`navigator.permissions.query({ name: "push" })`, `true NotSupportedError: Failed to execute 'query' on 'Permissions': Push Permission without userVisibleOnly:true isn't supported yet.`)
	s.expectValue(`navigator.permissions.query({ name: "geolocation" })`, `false TypeError: swtest: the permission 'geolocation' is not implemented`)
	s.expectValue(`navigator.permissions.query({ name: "sorcery" })`, `false TypeError: The provided value 'sorcery' is not a valid enum value of type PermissionName.`)
}

func TestNavigationPreloadManager(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, itself(map[string]any{
		"preload.state":  map[string]any{"enabled": true, "headerValue": "x"},
		"preload.enable": &platform.Exception{Name: "InvalidStateError", Message: "no active worker"},
	}), ``)
	s.expectValue(`registration.navigationPreload.getState()`, `{"enabled":true,"headerValue":"x"}`)
	s.expectValue(`registration.navigationPreload.enable()`, `true InvalidStateError: no active worker`)
	s.expectValue(`registration.navigationPreload.setHeaderValue("a\nb").catch(e => e.name)`, `"TypeError"`)
	s.expectValue(`registration.navigationPreload.setHeaderValue("a\n").catch(e => e.name)`, `"TypeError"`)
	s.expectValue(`registration.navigationPreload.setHeaderValue("€").catch(e => e.name)`, `"TypeError"`)
	s.took()
	s.run(`registration.navigationPreload.setHeaderValue(" \t v "); registration.navigationPreload.disable()`)
	s.expect("preload.setHeader 1 v", "preload.disable 1")
}
