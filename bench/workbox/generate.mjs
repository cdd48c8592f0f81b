// Runs workbox-build on a site, the way swgen is run: every file is precached,
// nothing is written into the site itself.
//
//   node generate.mjs generate SITE WORKER   writes the worker, prints {"count", "size", "warnings"}
//   node generate.mjs manifest SITE          prints the manifest: [{"url", "revision"}, ...]
import {writeSync} from 'node:fs';
import {generateSW, getManifest} from 'workbox-build';

const [mode, site, worker] = process.argv.slice(2);

// The same files for both modes. Workbox's own default leaves out files over 2 MiB.
const files = {
  globDirectory: site,
  globPatterns: ['**/*'],
  maximumFileSizeToCacheInBytes: 1e12,
};

if (mode === 'generate' && site && worker) {
  const {count, size, warnings} = await generateSW({
    ...files,
    swDest: worker,
    mode: 'production',
    sourcemap: false,
    inlineWorkboxRuntime: true, // one file, which is also its smallest form
    skipWaiting: true,
    clientsClaim: true,
  });
  print({count, size, warnings});
} else if (mode === 'manifest' && site) {
  const {manifestEntries} = await getManifest(files);
  print(manifestEntries);
} else {
  console.error('usage: node generate.mjs generate SITE WORKER | manifest SITE');
  process.exitCode = 2;
}

function print(value) {
  const bytes = Buffer.from(JSON.stringify(value) + '\n');
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}
