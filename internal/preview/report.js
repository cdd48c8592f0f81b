// Tells the preview server what this page loaded, so that it can show what
// never reached it. The server appends this script to pages; it is no part of
// the site.
{
  const own = "/.swgen/"
  const waiting = []
  let timer
  const send = () => {
    timer = undefined
    const list = waiting.splice(0)
    if (list.length) navigator.sendBeacon(own + "seen", JSON.stringify(list))
  }
  const note = (entry) => {
    const url = new URL(entry.name, location.href)
    if (url.origin !== location.origin || url.pathname.startsWith(own)) return
    waiting.push({
      url: url.pathname + url.search,
      worker: entry.workerStart > 0,
      start: performance.timeOrigin + entry.startTime,
      status: entry.responseStatus || 0,
      bytes: entry.decodedBodySize,
    })
    timer ??= setTimeout(send, 200)
  }
  const observer = new PerformanceObserver((list) => list.getEntries().forEach(note))
  observer.observe({ type: "navigation", buffered: true })
  observer.observe({ type: "resource", buffered: true })
  addEventListener("pagehide", send)
}
