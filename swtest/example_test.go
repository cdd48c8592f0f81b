package swtest_test

import (
	"fmt"
	"os"
	"testing/fstest"
	"time"

	"github.com/swgen/swgen/swtest"
)

// A site that precaches itself: register, wait, go offline, visit.
func Example() {
	b := swtest.New(swtest.Options{Network: swtest.Files(fstest.MapFS{
		"index.html":       {Data: []byte("Welcome")},
		"about/index.html": {Data: []byte("About us")},
		"sw.js": {Data: []byte(`
			addEventListener("install", event => {
				event.waitUntil(caches.open("v1").then(cache => cache.addAll(["/", "/about/"])))
			})
			addEventListener("fetch", event => {
				event.respondWith(caches.match(event.request).then(kept => kept ?? fetch(event.request)))
			})`)},
	})})
	defer b.Close()

	tab := b.Open("https://example.test/")
	if _, err := tab.Register("/sw.js"); err != nil {
		fmt.Println(err)
	}
	if err := b.Settle(); err != nil {
		fmt.Println(err)
	}

	b.Network.Offline(true)
	b.Network.Forget()
	page := tab.Navigate("/about/")
	fmt.Println(page.Text(), "from the", page.From)
	fmt.Println(len(b.Network.Requests()), "requests")
	fmt.Println(tab.Get("/prices.json").Err)
	// Output:
	// About us from the worker
	// 0 requests
	// network error: GET https://example.test/prices.json: the FetchEvent resulted in a network error: the promise was rejected.
}

// A new version waits for the pages of the old one to close.
func ExampleRegistration_Update() {
	site := fstest.MapFS{"index.html": {Data: []byte("the network")}}
	deploy := func(version string) {
		site["sw.js"] = &fstest.MapFile{Data: []byte(`onfetch = event => event.respondWith(new Response("` + version + `"))`)}
	}
	deploy("version one")
	b := swtest.New(swtest.Options{Network: swtest.Files(site)})
	defer b.Close()
	tab := b.Open("https://example.test/")
	reg, _ := tab.Register("/sw.js")
	b.Settle()
	fmt.Println(tab.Reload().Text())

	deploy("version two")
	reg.Update()
	b.Settle()
	fmt.Println(reg.Waiting().State(), "-", tab.Reload().Text())

	tab.Close()
	fmt.Println(reg.Waiting() == nil, "-", b.Open("https://example.test/").Page().Text())
	// Output:
	// version one
	// installed - version one
	// true - version two
}

// The browser stops the worker in the middle of its installation: the next try
// succeeds, and nothing is left of the first.
func ExamplePoint() {
	var points []string
	b := swtest.New(swtest.Options{
		Network: swtest.Files(os.DirFS("testdata/shop")),
		Point: func(p swtest.Point) swtest.Fault {
			points = append(points, p.Operation)
			if len(points) == 3 {
				return swtest.Kill
			}
			return swtest.Proceed
		},
	})
	defer b.Close()
	tab := b.Open("https://example.test/")
	for range 2 {
		reg, err := tab.Register("/sw.js")
		if err != nil {
			fmt.Println(err)
			return
		}
		b.Settle()
		fmt.Println("active:", reg.Active() != nil, "-", len(b.Entries("https://example.test")), "files stored")
	}
	fmt.Println(points)
	// Output:
	// active: false - 0 files stored
	// active: true - 3 files stored
	// [cachesOpen fetch fetch cachesOpen fetch fetch fetch cachePut cachesKeys]
}

// A worker of one's own under test: the shop in testdata/shop answers pages
// from the network first. What it stores, what it does when the network is
// slow or gone, and what happens when the browser has stopped it meanwhile, is
// asked like this in a test.
func ExampleFiles() {
	b := swtest.New(swtest.Options{Network: swtest.Files(os.DirFS("testdata/shop"))})
	defer b.Close()
	tab := b.Open("https://shop.test/")
	if _, err := tab.Register("/sw.js"); err != nil {
		fmt.Println(err)
		return
	}
	b.Settle()

	tab.Navigate("/offers/")
	b.Settle()
	for _, e := range b.Entries("https://shop.test") {
		fmt.Println(e.Cache, e.URL)
	}

	b.StopWorkers()
	b.Network.Offline(true)
	for _, path := range []string{"/offers/", "/contact/", "/style.css"} {
		page := tab.Navigate(path)
		fmt.Printf("%s: %d %.40q\n", path, page.Status, page.Text())
	}
	// Output:
	// shell-1 https://shop.test/
	// shell-1 https://shop.test/style.css
	// shell-1 https://shop.test/offline.html
	// pages https://shop.test/offers/
	// /offers/: 200 "<!doctype html>\n<title>Offers</title>\n<h"
	// /contact/: 200 "<!doctype html>\n<title>Offline</title>\n<"
	// /style.css: 200 "h1 { color: navy }\n"
}

// Browsers stop workers when they please: what is only in a variable is lost.
func ExampleBrowser_StopWorkers() {
	b := swtest.New(swtest.Options{Network: swtest.Files(fstest.MapFS{
		"index.html": {Data: []byte("Welcome")},
		"sw.js": {Data: []byte(`
			let visits = 0
			onfetch = event => event.respondWith(new Response("visit " + ++visits))`)},
	})})
	defer b.Close()
	tab := b.Open("https://example.test/")
	tab.Register("/sw.js")
	b.Settle()

	fmt.Println(tab.Reload().Text())
	fmt.Println(tab.Reload().Text())
	b.StopWorkers()
	fmt.Println(tab.Reload().Text())
	b.Advance(time.Minute) // without work for thirty seconds
	fmt.Println(tab.Reload().Text())
	// Output:
	// visit 1
	// visit 2
	// visit 1
	// visit 1
}

// A worker gives the network three seconds. The network takes ten, on a clock
// that takes no time, and only for some requests.
func ExampleNetwork_Script() {
	b := swtest.New(swtest.Options{Network: swtest.Files(fstest.MapFS{
		"index.html": {Data: []byte("Welcome")},
		"prices":     {Data: []byte("100")},
		"sw.js": {Data: []byte(`
			const wait = ms => new Promise(done => setTimeout(done, ms))
			onfetch = event => event.respondWith(Promise.race([fetch(event.request), wait(3000).then(() => new Response("too slow"))]))`)},
	})})
	defer b.Close()
	tab := b.Open("https://example.test/")
	tab.Register("/sw.js")
	b.Settle()
	tab.Reload()

	b.Network.Script(func(r *swtest.Request) swtest.Weather {
		if r.URL == "https://example.test/prices" {
			return swtest.Weather{Delay: 10 * time.Second}
		}
		return swtest.Weather{}
	})
	before := b.Now()
	fmt.Println(tab.Get("/prices").Text(), "after", b.Now().Sub(before))
	fmt.Println(tab.Get("/").Text())

	b.Network.Script(nil)
	b.Network.Delay(2 * time.Second) // for every request
	fmt.Println(tab.Get("/prices").Text())
	// Output:
	// too slow after 3s
	// Welcome
	// 100
}

// When an expectation fails, the trace tells what happened, in order.
func ExampleBrowser_Trace() {
	b := swtest.New(swtest.Options{Network: swtest.Files(fstest.MapFS{
		"index.html": {Data: []byte("Welcome")},
		"sw.js":      {Data: []byte(`oninstall = event => event.waitUntil(caches.open("v1").then(cache => cache.add("/missing.css")))`)},
	})})
	defer b.Close()
	tab := b.Open("https://example.test/")
	tab.Register("/sw.js")
	b.Settle()
	for _, e := range b.Trace() {
		fmt.Printf("%-9s %s: %s\n", e.Kind, e.Who, e.Text)
	}
	// Output:
	// request   network: GET https://example.test/: 200
	// client    tab: navigate https://example.test/: https://example.test/: 200, 7 bytes from the network
	// request   network: GET https://example.test/sw.js: 200
	// worker    worker 3 (/sw.js): installing
	// request   network: GET https://example.test/missing.css: 404
	// exception worker 3 (/sw.js): install event: TypeError: Failed to execute 'add' on 'Cache': Request failed
	// worker    worker 3 (/sw.js): stopped: its installation failed
	// worker    worker 3 (/sw.js): redundant
}

// A push message becomes a notification, and its click opens a page.
func ExampleNotification_Click() {
	b := swtest.New(swtest.Options{Network: swtest.Files(fstest.MapFS{
		"index.html":      {Data: []byte("Welcome")},
		"news/index.html": {Data: []byte("The news")},
		"sw.js": {Data: []byte(`
			onpush = event => event.waitUntil(registration.showNotification(event.data.text()))
			onnotificationclick = event => event.waitUntil(clients.openWindow("/news/"))`)},
	})})
	defer b.Close()
	b.Grant("https://example.test", "notifications")
	tab := b.Open("https://example.test/")
	reg, _ := tab.Register("/sw.js")
	b.Settle()
	tab.Close()

	reg.Push([]byte("It rains"))
	n := b.Notifications()[0]
	fmt.Println(n.Title)
	n.Click("")
	fmt.Println(b.Tabs()[0].Page().Text())
	// Output:
	// It rains
	// The news
}
