package platform_test

import (
	"testing"

	"github.com/swgen/swgen/internal/platform"
)

func TestTextBecomesBytes(t *testing.T) {
	s := newRealm(t, platform.Worker, nil, ``)
	s.expectValue(`[...new TextEncoder().encode("aé€😀\ud800")]`, `[97,195,169,226,130,172,240,159,152,128,239,191,189]`)
	s.expectValue(`[new TextEncoder().encode().length, new TextEncoder().encoding]`, `[0,"utf-8"]`)
	s.expectValue(`(to => [new TextEncoder().encodeInto("a€😀b", to), [...to]])(new Uint8Array(7))`, `[{"read":2,"written":4},[97,226,130,172,0,0,0]]`)
	s.expectValue(`(to => [new TextEncoder().encodeInto("a😀b", to.subarray(1)), [...to]])(new Uint8Array(7))`, `[{"read":4,"written":6},[0,97,240,159,152,128,98]]`)
	s.expectValue(`new TextEncoder().encodeInto("a", new Int8Array(1))`,
		`false TypeError: Failed to execute 'encodeInto' on 'TextEncoder': parameter 2 is not of type 'Uint8Array'.`)
}

func TestBytesBecomeText(t *testing.T) {
	s := newRealm(t, platform.Worker, nil, `const bytes = (...list) => new Uint8Array(list)`)
	s.expectValue(`new TextDecoder().decode(bytes(0xef, 0xbb, 0xbf, 0x61, 0xff, 0xe2, 0x82))`, `"a��"`)
	s.expectValue(`new TextDecoder("utf8", { ignoreBOM: true }).decode(bytes(0xef, 0xbb, 0xbf, 0x61)).length`, `2`)
	s.expectValue(`new TextDecoder("utf-8", { fatal: true }).decode(bytes(0x61, 0xff))`, `false TypeError: the encoded data was not valid`)
	s.expectValue(`(d => [d.decode(bytes(0xe2, 0x82), { stream: true }), d.decode(bytes(0xac).buffer, { stream: true }), d.decode(bytes(0xe2)), d.decode(bytes(0x62))])(new TextDecoder())`,
		`["","€","�","b"]`)
	s.expectValue(`(d => [d.decode(new DataView(bytes(0, 0x61, 0x62).buffer, 1)), d.encoding])(new TextDecoder(" Latin1\n"))`, `["ab","windows-1252"]`)
	s.expectValue(`new TextDecoder("utf-16le").decode(bytes(0x3d, 0xd8, 0x00, 0xde))`, `"😀"`)
	s.expectValue(`["iso-8859-2", "iso-8859-8-i", "windows-1253"].map(e => escape(new TextDecoder(e).decode(bytes(0x80, 0x81, 0xe1, 0xaa))))`,
		`["%80%81%E1%u015E","%80%81%u05D1%D7","%u20AC%81%u03B1%uFFFD"]`)
	s.expectValue(`new TextDecoder("utf-8\u00a0")`, "false RangeError: Failed to construct 'TextDecoder': The encoding label provided ('utf-8\u00a0') is invalid.")
	s.expectValue(`new TextDecoder("replacement")`, `false RangeError: Failed to construct 'TextDecoder': The encoding label provided ('replacement') is invalid.`)
	s.expectValue(`new TextDecoder().decode("text")`, `false TypeError: The provided value is not of type '(ArrayBuffer or ArrayBufferView)'.`)
}

func TestTextIsCodedInStreams(t *testing.T) {
	s := newRealm(t, platform.Worker, nil, `
		const all = async stream => { const out = []; for await (const chunk of stream) out.push(chunk); return out }`)
	s.expectValue(`all(ReadableStream.from(["a\ud83d", "", "\ude00b", "\ud800"]).pipeThrough(new TextEncoderStream())).then(l => l.map(c => [...c]))`,
		`[[97],[240,159,152,128,98],[239,191,189]]`)
	s.expectValue(`all(ReadableStream.from([[0xe2], [0x82, 0xac], [0x61, 0xff]]).pipeThrough(new TransformStream({ transform: (c, to) => to.enqueue(new Uint8Array(c)) })).pipeThrough(new TextDecoderStream()))`,
		`["€","a�"]`)
	s.expectValue(`all(ReadableStream.from([new Uint8Array([0xe2])]).pipeThrough(new TextDecoderStream("utf-8", { fatal: true })))`,
		`false TypeError: the encoded data was not valid`)
}

func TestBase64(t *testing.T) {
	s := newRealm(t, platform.Worker, nil, ``)
	s.expectValue(`[btoa("a\xff"), btoa(""), atob(" Y\nf8 = "), atob("Yf8"), atob("")]`, `["Yf8=","","aÿ","aÿ",""]`)
	for _, wrong := range []string{"Y", "Yf8==", "Yf_8", "=", "Yf8=Yf8="} {
		s.expectValue(`atob("`+wrong+`")`, `true InvalidCharacterError: Failed to execute 'atob' on 'WorkerGlobalScope': The string to be decoded is not correctly encoded.`)
	}
	s.expectValue(`btoa("€")`, `true InvalidCharacterError: Failed to execute 'btoa' on 'WorkerGlobalScope': The string to be encoded contains characters outside of the Latin1 range.`)
	s.expectValue(`(t => atob(btoa(t)) === t)(Array.from({ length: 100_000 }, (_, i) => String.fromCharCode(i * 7 % 256)).join(""))`, `true`)
}
