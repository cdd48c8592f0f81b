// Reloads this page when the site has changed, once, with its new worker if
// there is one, and shows why the site could not be built. The preview server
// appends this script to pages; it is no part of the site.
{
  const events = new EventSource("/.swgen/events?build=" + globalThis.swgenBuild)
  const notice = document.createElement("p")
  notice.setAttribute("role", "alert")
  notice.style.cssText =
    "position:fixed;inset:auto 0 0 0;z-index:2147483647;margin:0;padding:.75rem 1rem;white-space:pre-wrap;" +
    "font:14px/1.5 ui-monospace,monospace;color:#fff;background:#a31515"

  // A page of a worker shows the new version once that is active, or waits for
  // something else than this page.
  const newWorker = async () => {
    const registration = await navigator.serviceWorker?.getRegistration()
    await registration?.update()
    const worker = registration?.installing ?? registration?.waiting
    if (!worker) return
    await new Promise((done) => {
      const look = () => {
        if (/activated|redundant/.test(worker.state)) done()
        if (worker.state === "installed") setTimeout(done, 1000)
      }
      worker.addEventListener("statechange", look)
      look()
    })
  }

  events.onmessage = async ({ data }) => {
    const { reload, failed } = JSON.parse(data)
    notice.textContent = failed
    if (failed) document.body.append(notice)
    else notice.remove()
    if (!reload) return
    events.close()
    await newWorker().catch(() => {})
    location.reload()
  }
}
