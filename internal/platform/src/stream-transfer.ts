/** Streams that go to another realm, chunk by chunk. https://streams.spec.whatwg.org/#transferrable-streams */

import { serialize, transferable } from "./clone"
import { EventTarget, type MessageEvent } from "./events"
import { host } from "./host"
import { receive } from "./messaging"
import { isReadableStream, streams, type ReadableStream, type ReadableStreamDefaultController, type WritableStream } from "./streams"

interface Packet {
	type: "chunk" | "close" | "error" | "pull"
	value?: unknown
}

interface Connection {
	send(type: Packet["type"], value?: unknown): void
	/** Sends a last packet. */
	end(type: "close" | "error", value?: unknown): void
}

/** Begins to listen on a port. */
function connect(port: number, take: (packet: Packet) => void): Connection {
	const target = new EventTarget()
	target.addEventListener("message", (event: MessageEvent) => take(event.data as Packet))
	receive(port, target)
	host.portStart(port)
	const send: Connection["send"] = (type, value) => host.portPost(port, serialize({ type, value }))
	return {
		send,
		end(type, value) {
			try {
				send(type, value)
			} catch (error) {
				send(type, error) // the reason cannot be cloned
			}
			host.portClose(port)
		},
	}
}

/** The readable end of a port. */
function readableFrom(port: number): ReadableStream {
	let controller!: ReadableStreamDefaultController<unknown>
	const { send, end } = connect(port, ({ type, value }) => {
		if (type === "chunk") controller.enqueue(value)
		else if (type === "close") controller.close()
		else if (type === "error") controller.error(value)
		if (type !== "chunk") host.portClose(port)
	})
	return new (streams().ReadableStream)(
		{
			start(given) {
				controller = given
			},
			pull: () => send("pull"),
			cancel: reason => end("error", reason),
		},
		{ highWaterMark: 0 },
	)
}

/** The writable end: a chunk goes when the other side has asked for one. */
function writableTo(port: number): WritableStream {
	let wanted!: Promise<void>
	let want!: () => void
	const wait = () => (wanted = new Promise(resolve => (want = resolve)))
	wait()
	let fail!: (reason: unknown) => void
	const { send, end } = connect(port, ({ type, value }) => {
		if (type === "error") fail(value)
		want()
	})
	return new (streams().WritableStream)({
		start(controller) {
			fail = reason => controller.error(reason)
		},
		async write(chunk) {
			await wanted
			wait()
			try {
				send("chunk", chunk)
			} catch (error) {
				end("error", error)
				throw error
			}
		},
		close: () => end("close"),
		abort: reason => end("error", reason),
	})
}

/** Entangles a stream's own end with one that travels. */
function depart(ports: number[], pipe: (near: number) => Promise<void>): number {
	const [near, far] = host.portPair()
	pipe(near).catch(() => {}) // both ends hear of it
	return ports.push(far) - 1
}

transferable(
	"ReadableStream",
	isReadableStream,
	stream => stream.locked,
	(stream, ports) => depart(ports, near => stream.pipeTo(writableTo(near))),
	(index: number, ports) => readableFrom(ports[index]!),
)
transferable(
	"WritableStream",
	(value): value is WritableStream => "getWriter" in value && value instanceof streams().WritableStream,
	stream => stream.locked,
	(stream, ports) => depart(ports, near => readableFrom(near).pipeTo(stream)),
	(index: number, ports) => writableTo(ports[index]!),
)
