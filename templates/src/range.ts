// Range requests, which players of audio and video depend on: Safari plays
// nothing without a 206. RFC 9110, section 14.

import { whole, type Serve } from "./precache";

export const ranged: Serve = async (request, stored) => {
  // Several ranges, or other units, may be answered with the whole.
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get("range") ?? "");
  if (!range || range[0] == "bytes=-") return whole(request, stored);
  const blob = await stored.blob();
  const { size } = blob;
  const suffix = !range[1];
  const start = suffix ? Math.max(0, size - +range[2]!) : +range[1]!;
  const end = suffix || !range[2] ? size : Math.min(size, +range[2] + 1);
  const headers = new Headers(stored.headers);
  headers.delete("content-encoding");
  if (!suffix && range[2] && +range[2] < start) return new Response(blob, stored); // no range at all
  if (start >= size) {
    headers.set("content-range", "bytes */" + size);
    return new Response(null, { status: 416, headers });
  }
  headers.set("content-range", `bytes ${start}-${end - 1}/${size}`);
  headers.set("content-length", "" + (end - start));
  return new Response(blob.slice(start, end), { status: 206, statusText: "Partial Content", headers });
};
