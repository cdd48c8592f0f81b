// Makes the pictures and the sound that the fixture sites share by copy.
// Usage: node make-assets.mjs png OUT.png WIDTH HEIGHT HUE
//        node make-assets.mjs wav OUT.wav SECONDS HERTZ
import { writeFileSync } from 'node:fs';
import { deflateSync, crc32 as zcrc } from 'node:zlib';

const crc32 = zcrc ?? ((buf) => {
  let c = ~0;
  for (const b of buf) {
    c ^= b;
    for (let k = 0; k < 8; k++) c = (c >>> 1) ^ (0xedb88320 & -(c & 1));
  }
  return ~c >>> 0;
});

function chunk(type, data) {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, 'latin1');
  data.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)) >>> 0, 8 + data.length);
  return out;
}

function hsl(h, s, l) {
  const f = (n) => {
    const k = (n + h / 30) % 12;
    return Math.round(255 * (l - s * Math.min(l, 1 - l) * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [f(0), f(8), f(4)];
}

// A lighthouse with a red-and-white tower and a beam, over sky and sea.
function png(w, h, hue) {
  const rows = [];
  for (let y = 0; y < h; y++) {
    const row = Buffer.alloc(1 + w * 3);
    for (let x = 0; x < w; x++) {
      const u = x / w, v = y / h;
      let c = v < 0.75 ? hsl(hue, 0.5, 0.25 + Math.floor(v * 12) / 24) : hsl(hue + 20, 0.6, 0.25);
      const half = 0.04 + 0.05 * v;
      const dx = Math.abs(u - 0.35);
      if (u > 0.35 && Math.abs(v - 0.24) < (u - 0.35) * 0.25) c = hsl(50, 0.9, 0.75);
      if (v > 0.3 && v < 0.8 && dx < half) c = Math.floor(v * 12) % 2 ? [190, 40, 40] : [245, 240, 235];
      if (v > 0.18 && v <= 0.3 && dx < 0.04) c = [250, 220, 90];
      if (v > 0.12 && v <= 0.18 && dx < 0.05) c = [60, 30, 30];
      row.set(c, 1 + x * 3);
    }
    rows.push(row);
  }
  const ihdr = Buffer.alloc(13);
  ihdr.writeUInt32BE(w, 0);
  ihdr.writeUInt32BE(h, 4);
  ihdr.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', ihdr),
    chunk('IDAT', deflateSync(Buffer.concat(rows), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

// A fog horn: 8 kHz, mono, 8 bit.
function wav(seconds, hertz) {
  const rate = 8000, n = Math.round(rate * seconds);
  const out = Buffer.alloc(44 + n);
  out.write('RIFF', 0);
  out.writeUInt32LE(36 + n, 4);
  out.write('WAVEfmt ', 8);
  out.writeUInt32LE(16, 16);
  out.writeUInt16LE(1, 20);
  out.writeUInt16LE(1, 22);
  out.writeUInt32LE(rate, 24);
  out.writeUInt32LE(rate, 28);
  out.writeUInt16LE(1, 32);
  out.writeUInt16LE(8, 34);
  out.write('data', 36);
  out.writeUInt32LE(n, 40);
  for (let i = 0; i < n; i++) {
    const t = i / rate;
    const env = Math.max(0, Math.min(1, t * 4, (seconds - t) * 4));
    const s = Math.sin(2 * Math.PI * hertz * t) * 0.6 + Math.sin(4 * Math.PI * hertz * t) * 0.3;
    out[44 + i] = 128 + Math.round(110 * env * s);
  }
  return out;
}

const [kind, file, a, b, c] = process.argv.slice(2);
writeFileSync(file, kind === 'png' ? png(+a, +b, +c) : wav(+a, +b));
