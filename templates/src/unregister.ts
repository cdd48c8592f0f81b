// The registration script of a killed site: cached pages still load it, and it
// must not register the worker again.

navigator.serviceWorker?.getRegistration().then(
  (registration) => registration?.update(),
  () => {},
);
