package platform_test

import (
	"testing"

	"github.com/swgen/swgen/internal/platform"
)

func TestStreamsCarryChunks(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, itself(nil), `
		const all = async stream => { const out = []; for await (const chunk of stream) out.push(chunk); return out }`)
	s.expectValue(`all(ReadableStream.from([1, 2]).pipeThrough(new TransformStream({ transform: (n, to) => to.enqueue(n * 2), flush: to => to.enqueue("end") })))`, `[2,4,"end"]`)
	s.expectValue(`Promise.all(ReadableStream.from(["a", "b"]).tee().map(all))`, `[["a","b"],["a","b"]]`)
	s.expectValue(`(async () => { const written = []; await ReadableStream.from("xy").pipeTo(new WritableStream({ write: c => void written.push(c), close: () => void written.push("closed") })); return written })()`,
		`["x","y","closed"]`)
	s.expectValue(`(async () => { const reader = new ReadableStream({ type: "bytes", pull: c => c.enqueue(new Uint8Array([1, 2, 3])) }).getReader({ mode: "byob" })
			return [...(await reader.read(new Uint8Array(2))).value] })()`,
		`[1,2]`)
	s.expectValue(`all(new ReadableStream({ start: c => c.error(new RangeError("broken")) }))`, `false RangeError: broken`)
	s.expectValue(`ReadableStream.from([1]).pipeTo(new WritableStream, { signal: AbortSignal.abort() })`, `true AbortError: signal is aborted without reason`)
	s.expectValue(`[ReadableStream, ReadableStreamBYOBReader, WritableStream, TransformStream, CountQueuingStrategy].map(c => c.name)`,
		`["ReadableStream","ReadableStreamBYOBReader","WritableStream","TransformStream","CountQueuingStrategy"]`)
}

// Lazily made globals look like all others.
func TestScriptMayReplaceTheGlobalsOfAPart(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, itself(nil), `self.WritableStream = 1; delete self.TransformStream`)
	s.expectValue(`(() => { const { configurable, enumerable, writable } = (ReadableStream, Object.getOwnPropertyDescriptor(self, "ReadableStream")); return [configurable, enumerable, writable] })()`,
		`[true,false,true]`)
	s.expectValue(`[WritableStream, typeof TransformStream, "__part" in self]`, `[1,"undefined",false]`)
	s.expectValue(`new Blob(["a"]).stream() instanceof ReadableStream`, `true`)
}

func TestCompressionStreams(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, itself(nil), `
		const text = "compressible ".repeat(1000)
		const through = (bytes, ...streams) => new Response(streams.reduce((from, to) => from.pipeThrough(to), new Blob([bytes]).stream())).bytes()
		const pack = format => through(text, new CompressionStream(format))
		const unpack = (bytes, format) => through(bytes, new DecompressionStream(format)).then(b => new TextDecoder().decode(b))`)
	for _, format := range []string{"gzip", "deflate", "deflate-raw"} {
		s.expectValue(`pack("`+format+`").then(async b => [b.length < 200, await unpack(b, "`+format+`") === text])`, `[true,true]`)
		s.expectValue(`pack("`+format+`").then(b => unpack(b.subarray(0, -9), "`+format+`")).catch(e => e.name)`, `"TypeError"`)
		s.expectValue(`pack("`+format+`").then(b => unpack(new Blob([b, "junk"]), "`+format+`")).catch(e => e.name)`, `"TypeError"`)
	}
	s.expectValue(`unpack("no gzip at all", "gzip").catch(e => e.name)`, `"TypeError"`)
	s.expectValue(`new CompressionStream("br")`, `false TypeError: The provided value 'br' is not a valid enum value of type Failed to construct 'CompressionStream': CompressionFormat.`)
	s.expectValue(`ReadableStream.from(["text"]).pipeThrough(new CompressionStream("gzip")).getReader().read()`,
		`false TypeError: The provided value is not of type '(ArrayBuffer or ArrayBufferView)'.`)
}
