package e2e

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/browsertest"
)

// sound is a WAV file of which no two stretches are equal.
func sound(seconds int) []byte {
	const rate = 8000
	size := uint32(rate * seconds)
	var out bytes.Buffer
	out.WriteString("RIFF")
	le := func(v any) { binary.Write(&out, binary.LittleEndian, v) }
	le(36 + size)
	out.WriteString("WAVEfmt ")
	le(uint32(16))
	le([]uint16{1, 1})
	le([]uint32{rate, rate})
	le([]uint16{1, 8})
	out.WriteString("data")
	le(size)
	for i := range size {
		out.WriteByte(byte(i*i>>7 ^ i))
	}
	return out.Bytes()
}

// answer is a response as a page sees it.
type answer struct {
	Status int
	Range  string // Content-Range
	Length string // Content-Length
	Body   []byte
}

func askRange(t *testing.T, tab *browsertest.Tab, path, header string) answer {
	t.Helper()
	return eval[answer](t, tab, fmt.Sprintf(`(async () => {
		const r = await fetch(%q, { headers: %q ? { range: %q } : {} });
		const body = new Uint8Array(await r.arrayBuffer());
		let text = "";
		for (const byte of body) text += String.fromCharCode(byte);
		return { Status: r.status, Range: r.headers.get("content-range") ?? "", Length: r.headers.get("content-length") ?? "", Body: btoa(text) };
	})()`, path, header, header))
}

// TestRangesOfAPrecachedSound asks offline for parts of a file.
func TestRangesOfAPrecachedSound(t *testing.T) {
	t.Parallel()
	browser := browsertest.Start(t, browsertest.Options{})
	content := sound(2)
	size := len(content)
	files := with(titled("index.html"), "tone.wav", string(content), "empty.mp3", "", "style.css", "body{color:red}")
	site := build(t, files, swgen.Config{})
	server := browsertest.Serve(t, "/", site)
	tab := install(t, browser, server.URL("/"))
	server.Down()
	part := func(first, last int) answer {
		return answer{206, fmt.Sprintf("bytes %d-%d/%d", first, last, size), fmt.Sprint(last - first + 1), content[first : last+1]}
	}
	none := answer{416, fmt.Sprintf("bytes */%d", size), "", []byte{}}
	whole := answer{200, "", fmt.Sprint(size), content}
	for _, row := range []struct {
		header string
		want   answer
	}{
		{"", whole},
		{"bytes=0-", part(0, size-1)},
		{"bytes=0-0", part(0, 0)},
		{"bytes=0-1", part(0, 1)}, // what Safari asks first
		{"bytes=100-199", part(100, 199)},
		{"bytes=00100-199", part(100, 199)},
		{fmt.Sprintf("bytes=%d-", size-1), part(size-1, size-1)},
		{fmt.Sprintf("bytes=%d-%d", size-5, size-1), part(size-5, size-1)},
		{fmt.Sprintf("bytes=10-%d", size), part(10, size-1)},
		{"bytes=10-99999999999999999999", part(10, size-1)},
		{"bytes=-1", part(size-1, size-1)},
		{"bytes=-100", part(size-100, size-1)},
		{fmt.Sprintf("bytes=-%d", size), part(0, size-1)},
		{fmt.Sprintf("bytes=-%d", size+1), part(0, size-1)},
		{"bytes=-0", none},
		{fmt.Sprintf("bytes=%d-", size), none},
		{fmt.Sprintf("bytes=%d-%d", size+5, size+9), none},
		{"bytes=99999999999999999999-", none},
		// RFC 9110, 14.2: what is no valid range, or is too much, is ignored.
		{"bytes=5-2", whole},
		{"bytes=0-1,4-5", whole},
		{"bytes=", whole},
		{"bytes=-", whole},
		{"bytes=a-b", whole},
		{"bytes=1-2x", whole},
		{"items=0-1", whole},
		{"bytes=0x1-2", whole},
	} {
		got := askRange(t, tab, "/tone.wav", row.header)
		if got.Status == 416 {
			got.Length = "" // Content-Length of nothing may be said or not
		}
		if got.Status != row.want.Status || got.Range != row.want.Range || got.Length != row.want.Length || !bytes.Equal(got.Body, row.want.Body) {
			t.Errorf("%q: %d %q %q, %d bytes; want %d %q %q, %d bytes", row.header, got.Status, got.Range, got.Length, len(got.Body),
				row.want.Status, row.want.Range, row.want.Length, len(row.want.Body))
		}
	}
	if got := askRange(t, tab, "/tone.wav?x", "bytes=1-3"); got.Status != 206 || !bytes.Equal(got.Body, content[1:4]) {
		t.Errorf("with a query: %d %q", got.Status, got.Range)
	}
	if got := askRange(t, tab, "/style.css", "bytes=0-3"); got.Status != 206 || string(got.Body) != "body" {
		t.Errorf("a stylesheet: %d %q", got.Status, got.Body)
	}
	if got := askRange(t, tab, "/empty.mp3", "bytes=0-"); got.Status != 416 || got.Range != "bytes */0" {
		t.Errorf("an empty file: %d %q", got.Status, got.Range)
	}
	if got := askRange(t, tab, "/empty.mp3", ""); got.Status != 200 {
		t.Errorf("an empty file: %d", got.Status)
	}

	// A body that was lost is asked for whole, stored, and answered in part.
	must(t, tab.Eval("caches.delete('swgen:/ store')", nil))
	must(t, server.Up())
	if got := askRange(t, tab, "/tone.wav", "bytes=7-9"); got.Status != 206 || !bytes.Equal(got.Body, content[7:10]) {
		t.Errorf("a lost body: %d %q", got.Status, got.Range)
	}
	must(t, tab.WaitFor("caches.match('/.swgen/"+entry(t, site, "tone.wav").Hash.String()+".wav').then(r => r?.blob()).then(b => b?.size == "+fmt.Sprint(size)+")", 5*time.Second))
}

// TestSoundsPlayOffline plays the sounds of the fixture sites, from the middle.
func TestSoundsPlayOffline(t *testing.T) {
	t.Parallel()
	browser := browsertest.Start(t, browsertest.Options{})
	for _, row := range []struct{ name, page string }{
		{"hugo-pretty", "/exhibits/fog-horn/"},
		{"plain", "/docs/"},
	} {
		t.Run(row.name, func(t *testing.T) {
			site := build(t, os.DirFS("../testdata/sites/"+row.name), swgen.Config{})
			server := browsertest.Serve(t, "/", site)
			tab := install(t, browser, server.URL("/"))
			server.Down()
			must(t, tab.Navigate(server.URL(row.page)))
			played := eval[struct{ Duration, Sought, Played float64 }](t, tab, `(async () => {
				const audio = document.querySelector("audio");
				const event = name => new Promise((done, failed) => {
					audio.addEventListener(name, done, { once: true });
					audio.addEventListener("error", () => failed(Error(name + ": " + audio.error.message)), { once: true });
				});
				audio.preload = "auto";
				const loaded = event("loadedmetadata");
				audio.load();
				await loaded;
				const sought = event("seeked");
				audio.currentTime = audio.duration / 2;
				await sought;
				const at = audio.currentTime;
				const ended = event("ended");
				audio.playbackRate = 8;
				await audio.play();
				await ended;
				return { Duration: audio.duration, Sought: at, Played: audio.currentTime };
			})()`)
			if played.Duration < 0.1 || played.Sought < played.Duration*0.4 || played.Sought > played.Duration*0.6 || played.Played < played.Duration*0.95 {
				t.Errorf("%+v", played)
			}
		})
	}
}
