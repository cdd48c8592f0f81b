// Imported by the generated workers whose tools have an importScripts option.
self.addEventListener("message", event => {
  if (event.data === "edition?") event.ports[0].postMessage("EDITION");
});
