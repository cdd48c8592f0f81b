package main

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"strings"
	"time"

	"github.com/swgen/swgen/swtest"
)

// engine runs tests in swtest.
type engine struct{}

// collect is the page's part: what testharness.js does in fetch_tests_from_worker.
const collect = `new Promise((resolve, reject) => {
	const subtests = []
	const take = ({ data }) => {
		if (data?.type === "result") subtests.push({ name: data.test.name, status: data.test.status, message: String(data.test.message ?? "") })
		if (data?.type === "complete") resolve({ subtests, harness: { status: data.status.status, message: String(data.status.message ?? "") } })
	}
	const module = %[3]t ? "module" : "classic"
	if (%[2]q) {
		navigator.serviceWorker.onmessage = take
		navigator.serviceWorker.register(%[1]q, { scope: %[2]q, type: module }).then(r => (r.installing ?? r.waiting ?? r.active).postMessage({ type: "connect" }), reject)
	} else {
		const worker = new Worker(%[1]q, { type: module })
		worker.onmessage = take
		worker.onerror = e => e.filename || reject(new Error("the worker's script did not load"))
	}
})`

// Run runs a test in a browser of its own.
func (engine) Run(t Test, server http.Handler, limit time.Duration) ([]Subtest, Status, error) {
	b := swtest.New(swtest.Options{Network: server, Turn: limit, Seed: seed(t)})
	defer b.Close()
	end := strings.Index(t.Script[len("https://"):], "/") + len("https://")
	tab := b.Open(t.Script[:end] + "/common/blank.html")
	if err := tab.Page().Err; err != nil {
		return nil, Status{}, err
	}
	value, err := tab.Eval(fmt.Sprintf(collect, t.Script, t.Scope, strings.HasSuffix(t.Global, "-module")))
	if err != nil {
		return nil, Status{}, fmt.Errorf("%w\n%s", err, lastLines(b, 8))
	}
	var got struct {
		Subtests []Subtest
		Harness  Status
	}
	err = json.Unmarshal(value, &got)
	return got.Subtests, got.Harness, err
}

// seed makes the random names under which a test stores things at the server
// its own.
func seed(t Test) uint64 {
	h := fnv.New64()
	_, _ = h.Write([]byte(t.Script + t.Global))
	return h.Sum64()
}

// lastLines are what the console said last.
func lastLines(b *swtest.Browser, n int) string {
	var s strings.Builder
	console := b.Console()
	for _, e := range console[max(0, len(console)-n):] {
		fmt.Fprintln(&s, e)
	}
	return s.String()
}
