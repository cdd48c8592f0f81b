package platform_test

import (
	"testing"

	"github.com/swgen/swgen/internal/platform"
)

func TestBlobsHoldBytes(t *testing.T) {
	s := newRealm(t, platform.Worker, nil, `const b = new Blob(["aé", new Uint16Array([0x6362]), new Blob(["d"]), new Uint8Array([101]).buffer], { type: "Text/Plain" })`)
	s.expectValue(`Promise.all([b.size, b.type, b.text(), b.bytes().then(l => [...l]), b.arrayBuffer().then(a => a.byteLength)])`,
		`[7,"text/plain","aébcde",[97,195,169,98,99,100,101],7]`)
	s.expectValue(`Promise.all([b.slice(-2).text(), b.slice(1, 3, "x/Y").text(), b.slice(5, 2).size, b.slice(1, 3, "x/Y").type, b.slice().type, b.slice(NaN, 1).text()])`,
		`["de","é",0,"x/y","","a"]`)
	s.expectValue(`new Blob(["a\r\nb\rc\n"], { endings: "native" }).text()`, `"a\nb\nc\n"`)
	s.expectValue(`new Blob(["\ufeffa"]).text()`, `"a"`)
	s.expectValue(`[new Blob([], { type: "té" }).type, new Blob().size]`, `["",0]`)
	s.expectValue(`(async view => { const blob = new Blob([view]); view[0] = 9; return [...await blob.bytes()] })(new Uint8Array([1, 2]))`, `[1,2]`)
	s.expectValue(`new Blob("text")`, `false TypeError: Failed to construct 'Blob': The provided value cannot be converted to a sequence.`)
	s.expectValue(`new Blob([], { endings: "x" })`, `false TypeError: The provided value 'x' is not a valid enum value of type Failed to construct 'Blob': EndingType.`)
}

func TestBlobsAreReadAsStreams(t *testing.T) {
	s := newRealm(t, platform.Worker, nil, `const big = new Blob([new Uint8Array(150_000).fill(7)])`)
	s.expectValue(`(async () => { const sizes = []; for await (const chunk of big.stream()) sizes.push(chunk.length); return sizes })()`, `[65536,65536,18928]`)
	s.expectValue(`(async () => { const reader = big.slice(0, 5).stream().getReader({ mode: "byob" })
			const a = await reader.read(new Uint8Array(3)); const b = await reader.read(new Uint8Array(3)); const c = await reader.read(new Uint8Array(3))
			return [a.value.length, b.value.length, c.done] })()`,
		`[3,2,true]`)
	s.expectValue(`new Blob().stream().getReader().read().then(r => r.done)`, `true`)
}

func TestFilesAreNamedBlobs(t *testing.T) {
	s := newRealm(t, platform.Worker, nil, `const f = new File(["abc"], "a/b.txt", { type: "text/plain", lastModified: 5.9 })`)
	s.expectValue(`f.text().then(text => [f instanceof Blob, f.name, f.type, f.size, f.lastModified, text, f.slice(1) instanceof File])`,
		`[true,"a/b.txt","text/plain",3,5,"abc",false]`)
	s.expectValue(`new File([], "n").lastModified === Date.now()`, `true`)
	s.expectValue(`(c => c.text().then(text => [c instanceof File, c !== f, c.name, c.lastModified, text]))(structuredClone(f))`, `[true,true,"a/b.txt",5,"abc"]`)
	s.expectValue(`structuredClone([new Blob(["x"], { type: "a/b" })])[0].text()`, `"x"`)
	s.expectValue(`new File(["a"])`, `false TypeError: Failed to construct 'File': 2 arguments required, but only 1 present.`)
}

func TestFileReadersTellHowFarTheyAre(t *testing.T) {
	s := newRealm(t, platform.Worker, nil, `
		const read = (method, blob, ...rest) => new Promise((resolve, reject) => {
			const events = [], reader = new FileReader()
			for (const type of ["loadstart", "progress", "load", "loadend", "abort"]) reader["on" + type] = e => events.push(e.type + e.loaded + "/" + e.total)
			reader.addEventListener("loadend", () => resolve([reader.result, reader.readyState, events.join(" ")]))
			reader[method](blob, ...rest)
		})`)
	s.expectValue(`read("readAsText", new Blob(["aé"]))`, `["aé",2,"loadstart0/3 progress3/3 load3/3 loadend3/3"]`)
	s.expectValue(`read("readAsText", new Blob([]))`, `["",2,"loadstart0/0 load0/0 loadend0/0"]`)
	s.expectValue(`read("readAsText", new Blob([new Uint8Array([0xe9])]), "latin1").then(([text]) => text)`, `"é"`)
	s.expectValue(`read("readAsText", new Blob([new Uint8Array([0xe9])], { type: "text/plain;charset=iso-8859-1" })).then(([text]) => text)`, `"é"`)
	s.expectValue(`read("readAsText", new Blob([new Uint8Array([0xfe, 0xff, 0, 0x61])]), "utf-8").then(([text]) => text)`, `"a"`)
	s.expectValue(`read("readAsDataURL", new Blob(["a\xff"], { type: "x/y" })).then(([text]) => text)`, `"data:x/y;base64,YcO/"`)
	s.expectValue(`read("readAsBinaryString", new Blob(["é"])).then(([text]) => text)`, `"Ã©"`)
	s.expectValue(`read("readAsArrayBuffer", new Blob(["é"])).then(([buffer]) => [...new Uint8Array(buffer)])`, `[195,169]`)
	s.expectValue(`(r => { r.readAsText(new Blob(["a"])); r.readAsText(new Blob(["a"])) })(new FileReader())`,
		`true InvalidStateError: Failed to execute 'readAsText' on 'FileReader': The object is already busy reading Blobs.`)
	s.expectValue(`new Promise(resolve => { const events = [], r = new FileReader()
			r.onabort = r.onload = r.onloadend = e => events.push(e.type); r.onloadstart = () => r.abort()
			r.readAsText(new Blob(["a"])); setTimeout(() => resolve([events, r.result, r.readyState]), 10) })`,
		`[["abort","loadend"],null,2]`)
	s.expectValue(`new FileReaderSync().readAsText(new Blob(["aé"]))`, `"aé"`)
	s = newRealm(t, platform.ServiceWorker, itself(nil), ``)
	s.expectValue(`[typeof FileReader, typeof FileReaderSync]`, `["function","undefined"]`)
}

func TestFormsHoldTextAndFiles(t *testing.T) {
	s := newRealm(t, platform.Worker, nil, `
		const f = new FormData()
		f.append("a", 1); f.append("b", new Blob(["x"], { type: "t/u" })); f.append("a", "\ud800"); f.append("b", new File(["y"], "n", { lastModified: 3 }), "m")
		const shown = form => [...form].map(([name, value]) => [name, typeof value === "string" ? value : [value.name, value.type, value.size]])`)
	s.expectValue(`shown(f)`, `[["a","1"],["b",["blob","t/u",1]],["a","�"],["b",["m","",1]]]`)
	s.expectValue(`[f.get("a"), f.getAll("a"), f.has("c"), f.get("c"), f.getAll("b")[1].lastModified, f.get("b") instanceof File, f.get("b") === f.get("b")]`,
		`["1",["1","�"],false,null,3,true,true]`)
	s.expectValue(`(f.set("a", "z"), f.delete("b"), f.set("n", new Blob(["q"]), "name"), shown(f))`, `[["a","z"],["n",["name","",1]]]`)
	s.expectValue(`f.append("a", "text", "name")`, `false TypeError: Failed to execute 'append' on 'FormData': parameter 2 is not of type 'Blob'.`)
	s.expectValue(`new FormData({})`, `false TypeError: Failed to construct 'FormData': parameter 1 is not of type 'HTMLFormElement'.`)
}

func TestFormsTravelAsMultipart(t *testing.T) {
	s := newRealm(t, platform.Worker, nil, `
		const f = new FormData()
		f.append("na\"me\n", "line\nbreak"); f.append("file", new File([new Uint8Array([13, 10, 45, 45, 0, 255])], "ü\".bin", { type: "a/b" })); f.append("empty", "")
		const parse = (text, type = "multipart/form-data; boundary=x") => new Response(text, { headers: { "content-type": type } }).formData().then(form => [...form].map(([name, value]) => [name, value.name ?? value]))`)
	s.expectValue(`(async r => { const type = r.headers.get("content-type"); const back = await r.clone().formData()
			return [/^multipart\/form-data; boundary=----WebKitFormBoundary\w{16}$/.test(type), (await r.text()).startsWith("--" + type.split("=")[1] + "\r\n"),
				[...back.keys()], back.get("na\"me\r\n"), back.get("empty"), back.get("file").name, back.get("file").type, [...await back.get("file").bytes()]] })(new Response(f))`,
		`[true,true,["na\"me\r\n","file","empty"],"line\r\nbreak","","ü\".bin","a/b",[13,10,45,45,0,255]]`)
	s.expectValue(`parse('--x\r\ncontent-disposition: form-data; name=a; filename="b;c"\r\n\r\n1\r\n--x--')`, `[["a","b;c"]]`)
	s.expectValue(`parse("--x--\r\n")`, `[]`)
	s.expectValue(`parse("a=1&b=%C3%BC+c", "application/x-www-form-urlencoded;charset=utf-8")`, `[["a","1"],["b","ü c"]]`)
	for _, wrong := range []string{
		``, `--x`, `--y\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--y--`, `--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n`,
		`--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--`, `--x\r\nno header\r\n\r\n1\r\n--x--`, `--x\r\n\r\n1\r\n--x--`, `--xContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--`,
	} {
		s.expectValue(`parse('`+wrong+`')`, `false TypeError: Failed to parse body as FormData.`)
	}
}
