package platform_test

import (
	"testing"

	"github.com/swgen/swgen/internal/platform"
)

func TestPorts(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, nil, `
		const { port1, port2 } = new MessageChannel()
		port2.addEventListener("message", e => console.log(JSON.stringify(e.data), e.ports.length, e.origin === "" && e.source === null && e.isTrusted))
		port1.postMessage({ a: 1 })`)
	s.expect() // not started
	s.run(`port2.start(); port1.postMessage("second")`)
	s.expect(`log {"a":1} 0 true`, `log "second" 0 true`)

	s.run(`
		const carried = new MessageChannel()
		carried.port2.postMessage("sent before")
		port2.onmessage = e => { [moved] = e.ports; moved.onmessage = e => console.log("through", e.data) }
		port1.postMessage(null, [carried.port1])
		carried.port2.postMessage("sent after")
		carried.port1.onmessage = () => console.log("never: it was transferred")`)
	s.expect("log null 1 true", "log through sent before", "log through sent after")

	s.expectValue(`[() => port1.postMessage(1, [port1]), () => port1.postMessage(1, [carried.port1]), () => port1.postMessage(() => 1), () => port1.postMessage(carried.port2)].map(f => { try { f() } catch (e) { return e.name } })`,
		`["DataCloneError","DataCloneError","DataCloneError","DataCloneError"]`)
	s.run(`port1.close(); port1.postMessage("lost"); port2.onclose = () => console.log("closed"); port2.postMessage("lost")`)
	s.expect("log closed")
}

func TestBroadcastChannels(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, nil, `
		const [a, b, c, other] = ["n", "n", "n", "m"].map((name, i) => { const ch = new BroadcastChannel(name); ch.onmessage = e => console.log(i, e.data, e.origin); return ch })
		a.postMessage("hello")
		c.close()`)
	s.expect("log 1 hello https://site.test")
	s.expectValue(`[a.name, BroadcastChannel.length]`, `["n",1]`)
}

func TestStreamsTravel(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, nil, `
		const send = (value, ...transfer) => new Promise(resolve => { const { port1, port2 } = new MessageChannel(); port2.onmessage = e => resolve(e.data); port1.postMessage(value, transfer) })
		const of = (...chunks) => new ReadableStream({ start(c) { chunks.forEach(chunk => c.enqueue(chunk)); c.close() } })
		async function all(stream) { const seen = []; for await (const chunk of stream) seen.push(chunk); return seen }`)
	expectValues(t, s,
		`(async () => { const stream = of("a", { b: 1 }); const there = await send(stream, stream); return [stream.locked, there instanceof ReadableStream, await all(there)] })()`, `[true,true,["a",{"b":1}]]`,
		`(async () => { const stream = of("a"); return all(structuredClone(stream, { transfer: [stream] })) })()`, `["a"]`,
		`(async () => { const s = of(() => 1); return all(await send(s, s)).catch(e => e.name) })()`, `"DataCloneError"`,
		`(async () => { const s = new ReadableStream({ pull(c) { c.error(new RangeError("broken")) } }); return all(await send(s, s)).catch(e => e.name) })()`, `"RangeError"`,
		`(async () => { let reason; const s = new ReadableStream({ cancel(r) { reason = r } }); await (await send(s, s)).cancel("enough"); await new Promise(r => setTimeout(r)); return reason })()`, `"enough"`,
		`(async () => { const seen = []; const s = new WritableStream({ write(c) { seen.push(c) }, close() { seen.push("end") } }); const w = (await send(s, s)).getWriter(); await w.write(1); await w.close(); await new Promise(r => setTimeout(r)); return seen })()`, `[1,"end"]`,
		`(s => { s.getReader(); try { structuredClone(s, { transfer: [s] }) } catch (e) { return e.name } })(of())`, `"DataCloneError"`,
	)
}
