// Writes below out/ what other tools make of the site in site/ and of the
// little Vite application in vite/: for each entry of cases.json a directory
// with two versions, v1 and v2, complete as a host would serve them.
//
//   node generate.mjs           does it, unless what is there is current
//   node generate.mjs --check   only says by its exit code whether it is
//
// The tools are loaded when they are needed, so the check needs no npm ci.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL(".", import.meta.url)));

const editions = { v1: "first", v2: "second" };

// What is precached; the log book, images, media and JSON are left to what the
// workers do at run time.
const precached = ["index.html", "about/index.html", "offline.html", "*.txt", "app.js", "style.css"];

/** Each writes its worker into dir, which holds a copy of the site. */
const cases = {
  "workbox-generate": dir => generateSW(dir, {
    inlineWorkboxRuntime: true,
    skipWaiting: true,
    clientsClaim: true,
    navigateFallback: "offline.html",
    navigateFallbackDenylist: [/\/api\//, /\.\w+$/],
    runtimeCaching: runtimeCaching(),
  }),
  "workbox-generate-split": (dir, edition) => {
    imported(dir, edition);
    return generateSW(dir, {
      cacheId: "norn",
      importScripts: ["imported.js"],
      navigationPreload: true,
      offlineGoogleAnalytics: true,
      dontCacheBustURLsMatching: /\.txt$/,
      additionalManifestEntries: [{ url: "news.json", revision: edition }],
      runtimeCaching: [{
        urlPattern: ({ request }) => request.mode === "navigate",
        handler: "NetworkFirst",
        options: { cacheName: "pages", precacheFallback: { fallbackURL: "offline.html" } },
      }],
    });
  },
  "workbox-generate-development": dir => generateSW(dir, {
    mode: "development",
    clientsClaim: true,
    navigateFallback: "index.html",
    runtimeCaching: runtimeCaching(),
  }),
  "workbox-inject": dir => injectManifest(dir, { format: "iife", immediately: false }),
  "workbox-inject-module": dir => injectManifest(dir, { format: "esm", immediately: true }),
  "serwist": dir => serwist(dir, { format: "iife", immediately: true }),
  "serwist-module": dir => serwist(dir, { format: "esm", immediately: false }),
  "ngsw": dir => ngsw(dir, "/"),
  "ngsw-base": dir => ngsw(dir, "/ng/"),
  "vite-auto-update": (dir, edition) => vite(dir, edition, "autoUpdate"),
  "vite-prompt": (dir, edition) => vite(dir, edition, "prompt"),
  "sw-precache": (dir, edition) => swPrecache(dir, edition, { skipWaiting: true }),
  "sw-precache-waiting": (dir, edition) => swPrecache(dir, edition, { skipWaiting: false, clientsClaim: false }),
  "hand-cache-first": (dir, edition) => hand(dir, edition, "cache-first"),
  "hand-late-respond": (dir, edition) => hand(dir, edition, "late-respond"),
  "hand-late-wait": (dir, edition) => hand(dir, edition, "late-wait"),
};

/** Workbox's five strategies with the plugins that have an option. */
function runtimeCaching() {
  return [
    {
      urlPattern: /\.svg$/,
      handler: "CacheFirst",
      options: {
        cacheName: "images",
        expiration: { maxEntries: 2, maxAgeSeconds: 3600, purgeOnQuotaError: true },
        cacheableResponse: { statuses: [0, 200] },
      },
    },
    {
      urlPattern: ({ url }) => url.pathname.endsWith(".wav"),
      handler: "CacheFirst",
      options: { cacheName: "media", rangeRequests: true, cacheableResponse: { statuses: [200] } },
    },
    { urlPattern: /\/data\.json$/, handler: "NetworkFirst", options: { cacheName: "data", networkTimeoutSeconds: 1 } },
    {
      urlPattern: ({ url }) => url.pathname.endsWith("/news.json"),
      handler: "StaleWhileRevalidate",
      options: { cacheName: "news", broadcastUpdate: { options: {} } },
    },
    { urlPattern: /\/api\/status\.json$/, handler: "NetworkOnly", options: { fetchOptions: { cache: "no-store" } } },
    {
      urlPattern: /\/api\/report$/,
      method: "POST",
      handler: "NetworkOnly",
      options: { backgroundSync: { name: "reports", options: { maxRetentionTime: 60 } } },
    },
    {
      urlPattern: ({ url }) => url.search === "?kept",
      handler: "CacheOnly",
      options: { cacheName: "images", matchOptions: { ignoreSearch: true } },
    },
  ];
}

async function generateSW(dir, options) {
  const { generateSW } = await import("workbox-build");
  const { warnings } = await generateSW({
    mode: "production",
    globDirectory: dir,
    globPatterns: precached,
    swDest: join(dir, "sw.js"),
    cleanupOutdatedCaches: true,
    sourcemap: false,
    ...options,
  });
  complain(warnings);
}

async function injectManifest(dir, options) {
  const { injectManifest } = await import("workbox-build");
  await inject(dir, injectManifest, { ...options, worker: "workers/workbox.js", part: "workers/routes.js" });
}

async function serwist(dir, options) {
  const { injectManifest } = await import("@serwist/build");
  await inject(dir, injectManifest, { ...options, worker: "workers/serwist.js" });
}

/**
 * Bundles a worker, then lets a tool put the list of files into it. A module
 * imports the code that it shares with a part from a chunk of its own.
 */
async function inject(dir, injectManifest, { worker, part, format, immediately }) {
  const { build } = await import("esbuild");
  const module = format === "esm";
  await build({
    entryPoints: module && part ? { bundled: worker, part } : { bundled: worker },
    outdir: dir,
    bundle: true,
    minify: true,
    format,
    splitting: module,
    target: "es2022",
    define: { "process.env.NODE_ENV": '"production"', IMMEDIATELY: String(immediately) },
  });
  const swSrc = join(dir, "bundled.js");
  const { warnings } = await injectManifest({ globDirectory: dir, globPatterns: precached, swSrc, swDest: join(dir, "sw.js") });
  complain(warnings);
  rmSync(swSrc);
}

/** Angular's own worker, with the control file that its own tool computes. */
function ngsw(dir, base) {
  const angular = "node_modules/@angular/service-worker";
  cpSync(`${angular}/ngsw-worker.js`, join(dir, "ngsw-worker.js"));
  execFileSync(process.execPath, [`${angular}/ngsw-config.js`, dir, "workers/ngsw-config.json", base], { stdio: "inherit" });
  // The only thing that differs from run to run, and with it the caches' names.
  const control = JSON.parse(readFileSync(join(dir, "ngsw.json"), "utf8"));
  writeFileSync(join(dir, "ngsw.json"), JSON.stringify({ ...control, timestamp: 0 }, null, 2));
}

async function vite(dir, edition, registerType) {
  const { build } = await import("vite");
  const { VitePWA } = await import("vite-plugin-pwa");
  await build({
    configFile: false,
    logLevel: "warn",
    root: "vite",
    base: "./",
    define: {
      "import.meta.env.VITE_EDITION": JSON.stringify(edition),
      "import.meta.env.VITE_REGISTERS": String(registerType === "prompt"),
    },
    build: { outDir: join(process.cwd(), dir), emptyOutDir: true }, // not that site, but its own
    plugins: [VitePWA({
      registerType,
      injectRegister: registerType === "prompt" ? null : "auto",
      manifest: { name: "Ticket office", icons: [] },
      workbox: { globPatterns: ["**/*.{html,js,css}"] },
    })],
  });
}

async function swPrecache(dir, edition, options) {
  imported(dir, edition);
  const { default: precache } = await import("sw-precache");
  await precache.write(join(dir, "sw.js"), {
    cacheId: "norn",
    staticFileGlobs: precached.map(pattern => `${dir}/${pattern}`),
    stripPrefix: `${dir}/`,
    dontCacheBustUrlsMatching: /\.txt$/,
    navigateFallback: "offline.html",
    importScripts: ["imported.js"],
    runtimeCaching: [
      { urlPattern: /\.svg$/, handler: "cacheFirst", options: { cache: { name: "images", maxEntries: 2, maxAgeSeconds: 3600 } } },
      { urlPattern: /\/data\.json$/, handler: "networkFirst", options: { networkTimeoutSeconds: 1 } },
      { urlPattern: /\/news\.json$/, handler: "fastest" },
    ],
    logger: () => {},
    ...options,
  });
}

function hand(dir, edition, name) {
  writeFileSync(join(dir, "sw.js"), edited(`hand/${name}.js`, edition));
}

function imported(dir, edition) {
  writeFileSync(join(dir, "imported.js"), edited("workers/imported.js", edition));
}

const edited = (file, edition) => readFileSync(file, "utf8").replaceAll("EDITION", edition);

function complain(warnings) {
  if (warnings.length > 0) throw new Error(warnings.join("\n"));
}

/** A hash of everything that the output depends on. */
function inputs() {
  const hash = createHash("sha256");
  const sources = ["hand", "site", "vite", "workers"].flatMap(dir =>
    readdirSync(dir, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name)));
  for (const file of ["generate.mjs", "package-lock.json", ...sources.sort()]) {
    hash.update(`${file}\0`).update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex");
}

const stamp = "out/inputs";
const current = existsSync(stamp) && readFileSync(stamp, "utf8") === inputs();
if (process.argv[2] === "--check") {
  process.exit(current ? 0 : 1);
}
if (!current) {
  rmSync("out", { recursive: true, force: true });
  for (const [name, write] of Object.entries(cases)) {
    for (const [version, edition] of Object.entries(editions)) {
      const dir = join("out", name, version);
      mkdirSync(dir, { recursive: true });
      cpSync("site/common", dir, { recursive: true });
      cpSync(join("site", version), dir, { recursive: true });
      await write(dir, edition);
    }
  }
  writeFileSync(stamp, inputs());
}
