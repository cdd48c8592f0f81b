// Registers the worker from a page, and tells the page what becomes of it in
// DOM events on window: swgen:installed, swgen:update, swgen:progress and
// swgen:failed. Quiet when a browser cannot or will not.

/** The worker's file and scope, relative to this script. */
declare const WORKER: string;
declare const SCOPE: string;

export interface Update {
  registration: ServiceWorkerRegistration;
  /** Makes the waiting version take over and loads the page again, once. */
  apply(): void;
}

const emit = (name: string, detail: unknown): void => {
  dispatchEvent(new CustomEvent("swgen:" + name, { detail }));
};

/** Pages with Trusted Types refuse a plain string as a script's URL. */
const trusted = (url: string): string => {
  const types = (window as unknown as { trustedTypes?: { createPolicy(name: string, rules: object): { createScriptURL(url: string): string } } })
    .trustedTypes;
  try {
    return types ? types.createPolicy("swgen", { createScriptURL: (text: string) => text }).createScriptURL(url) : url;
  } catch {
    return url; // the policy's name is not allowed; registering tells whether that matters
  }
};

const hour = 60 * 60 * 1000;

export const register = (announce?: (update: Update) => void): void => {
  const { serviceWorker } = navigator;
  const here = (document.currentScript as HTMLScriptElement | null)?.src;
  if (!serviceWorker || !here) return;

  const watch = (registration: ServiceWorkerRegistration): void => {
    const ready = () => {
      const update: Update = { registration, apply: () => apply(registration) };
      emit("update", update);
      if (registration.waiting) announce?.(update);
    };
    let followed: ServiceWorker | null = null;
    const follow = (worker: ServiceWorker | null) => {
      if (worker == followed) return; // updatefound may tell what was known
      followed = worker;
      const first = !registration.active;
      const before = explained;
      let installed = false;
      worker?.addEventListener("statechange", () => {
        if (worker.state == "redundant" && !installed) {
          // The worker's own words, if it lived to say them, may come later.
          setTimeout(() => explained > before || emit("failed", { reason: "the install failed" }), 1000);
        }
        if (worker.state != "installed") return;
        installed = true;
        if (first) emit("installed", { registration });
        else ready();
      });
    };
    if (registration.waiting && serviceWorker.controller) ready();
    follow(registration.installing);
    registration.addEventListener("updatefound", () => follow(registration.installing));
    // Long-lived tabs ask for updates when they are looked at, hourly at most.
    let asked = Date.now();
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && Date.now() - asked > hour) {
        asked = Date.now();
        registration.update().catch(() => {});
      }
    });
  };

  const apply = (registration: ServiceWorkerRegistration): void => {
    // Under policy "fresh" the new version is there already: loading is enough.
    if (!registration.waiting) return location.reload();
    serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    registration.waiting.postMessage({ type: "SKIP_WAITING" });
  };

  let explained = 0;
  serviceWorker.addEventListener("message", ({ data }) => {
    if (!data?.swgen) return;
    if (data.swgen.type == "failed") explained++;
    emit(data.swgen.type, data.swgen);
  });
  serviceWorker.startMessages();

  // A page that was older than the worker and comes back after the visitor was
  // elsewhere (bfcache) may find nothing of its version any more.
  let { controller } = serviceWorker;
  let old = false;
  serviceWorker.addEventListener("controllerchange", () => {
    old ||= !!controller;
    ({ controller } = serviceWorker);
  });
  addEventListener("pageshow", (event) => {
    if (old && (event as PageTransitionEvent).persisted) location.reload();
  });

  const go = () => {
    // The page's own loading comes first; a worker that is there changes nothing now.
    serviceWorker
      .register(trusted(new URL(WORKER, here).href), { scope: new URL(SCOPE, here).href, updateViaCache: "none" })
      .then(watch)
      .catch((error) => emit("failed", { reason: "" + error }));
  };
  if (document.readyState == "complete") go();
  else addEventListener("load", go);
};
