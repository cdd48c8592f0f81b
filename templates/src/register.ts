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
    const follow = (worker: ServiceWorker | null) => {
      let installed = false;
      worker?.addEventListener("statechange", () => {
        if (worker.state == "redundant" && !installed) emit("failed", { reason: "the install failed" });
        if (worker.state != "installed") return;
        installed = true;
        // Without a controller before, this is the first version of all.
        if (controlled) ready();
        else emit("installed", { registration });
      });
    };
    const controlled = !!serviceWorker.controller;
    if (registration.waiting && controlled) ready();
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

  serviceWorker.addEventListener("message", ({ data }) => {
    if (data?.swgen) emit(data.swgen.type, data.swgen);
  });
  serviceWorker.startMessages();

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
