package platform_test

import (
	"testing"

	"github.com/swgen/swgen/internal/platform"
)

func TestDigests(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, itself(nil), `
		const hex = (algorithm, bytes) => crypto.subtle.digest(algorithm, bytes).then(b => new Uint8Array(b).toHex())
		const abc = new TextEncoder().encode("abc")`)
	s.expectValue(`hex("SHA-1", abc)`, `"a9993e364706816aba3e25717850c26c9cd0d89d"`)
	s.expectValue(`hex({ name: "sha-256" }, abc.buffer)`, `"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"`)
	s.expectValue(`Promise.all(["SHA-384", "SHA-512"].map(name => hex(name, abc).then(h => h.length)))`, `[96,128]`)
	s.expectValue(`hex("MD5", abc)`, `true NotSupportedError: Failed to execute 'digest' on 'SubtleCrypto': Algorithm: Unrecognized name`)
	s.expectValue(`hex({}, abc)`, `false TypeError: Failed to execute 'digest' on 'SubtleCrypto': Algorithm: name: Missing or not a string`)
	s.expectValue(`hex("SHA-1", "abc")`, `false TypeError: The provided value is not of type '(ArrayBuffer or ArrayBufferView)'.`)
	s.expectValue(`(p => (abc.fill(0), p))(hex("SHA-1", abc))`, `"a9993e364706816aba3e25717850c26c9cd0d89d"`)
}

func TestWhatCryptoLacksNamesItself(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, itself(nil), ``)
	s.expectValue(`crypto.subtle.sign("HMAC", {}, new Uint8Array())`, `true NotSupportedError: swtest: crypto.subtle.sign is not implemented`)
	s.expectValue(`crypto.subtle.importKey()`, `true NotSupportedError: swtest: crypto.subtle.importKey is not implemented`)
	s.expectValue(`new CryptoKey`, `false TypeError: Illegal constructor`)
	s.expectValue(`new Crypto`, `false TypeError: Illegal constructor`)
	s.expectValue(`Object.keys(SubtleCrypto.prototype).length`, `12`)
}

func TestRandomValues(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, itself(nil), ``)
	// The browser of these tests draws zeros.
	s.expectValue(`(a => [crypto.getRandomValues(a) === a, [...a]])(new Uint16Array([1, 2]))`, `[true,[0,0]]`)
	s.expectValue(`crypto.randomUUID()`, `"00000000-0000-4000-8000-000000000000"`)
	s.expectValue(`crypto.getRandomValues(new Uint8Array(65536)).length`, `65536`)
	s.expectValue(`crypto.getRandomValues(new Uint8Array(65537))`, `true QuotaExceededError: Failed to execute 'getRandomValues' on 'Crypto': The ArrayBufferView's byte length (65537) exceeds the number of bytes of entropy available via this API (65536).`)
	s.expectValue(`crypto.getRandomValues(new Float32Array(1))`, `true TypeMismatchError: Failed to execute 'getRandomValues' on 'Crypto': The provided ArrayBufferView is of type 'Float32Array', which is not an integer array type.`)
	s.expectValue(`crypto.getRandomValues(new DataView(new ArrayBuffer(1)))`, `true TypeMismatchError: Failed to execute 'getRandomValues' on 'Crypto': The provided ArrayBufferView is of type 'DataView', which is not an integer array type.`)
	s.expectValue(`crypto.getRandomValues([])`, `false TypeError: Failed to execute 'getRandomValues' on 'Crypto': parameter 1 is not of type 'ArrayBufferView'.`)
}
