// Package browsertest lets a test watch a real Chromium load a static site from a server that the test can break; it
// judges nothing itself: what was requested, loaded or cached is handed to the test as values.
//
// Every test gets an origin of its own by getting a [Server] of its own, because its port is part of the origin; the
// [Browser], which takes half a second to start, may be shared by a whole test binary. The server answers with
// Cache-Control: no-store, so that nothing but a worker can make a page appear while the server is down.
//
// Chromium is driven over the DevTools protocol. This is the only package that imports chromedp.
package browsertest
