// Making parts of the document. Whatever comes from a site goes in as text:
// there is no way here to make markup of it.
"use strict";

/** @typedef {Node | string | null} Child */

/**
 * Makes an element with attributes, listeners (functions) and children.
 * @param {string} name
 * @param {Record<string, string | number | boolean | ((event: any) => void)>} attributes
 * @param {...Child} children
 * @returns {HTMLElement}
 */
const make = (name, attributes, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false) element.setAttribute(key, String(value));
  }
  element.append(...children.filter((child) => child !== null));
  return element;
};

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

const plain = new Intl.NumberFormat("en");

/** @param {number} n */
const number = (n) => plain.format(n);

/** @param {number} n @param {string} what */
const count = (n, what) => `${number(n)} ${what}${n === 1 ? "" : "s"}`;

/** Bytes as people read them, in powers of 1000, as the command prints them. @param {number} bytes */
const size = (bytes) => {
  if (bytes < 10) return `${bytes} B`;
  const power = Math.min(3, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${["B", "kB", "MB", "GB"][power]}`;
};

/** A share in percent. @param {number} part @param {number} whole */
const share = (part, whole) => {
  if (whole === 0) return "0 %";
  const percent = (100 * part) / whole;
  return percent > 0 && percent < 0.1 ? "< 0.1 %" : `${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
};

/** A name, such as a URL or a path. @param {string} text */
const code = (text) => make("code", {}, text);

/** A file and a line in it. @param {string} file @param {number} line */
const place = (file, line) => code(line > 0 ? `${file}:${line}` : file);

/** A word with a mark in its colour; what the mark says the word says, too. @param {string} kind @param {string} text */
const badge = (kind, text) => make("span", { class: `badge ${kind}` }, text);

/**
 * A bar of parts. It repeats what is written beside it, so nobody is read it.
 * @param {{ kind: string, value: number }[]} parts
 * @param {number} whole
 */
const bar = (parts, whole) => {
  const line = make("span", { class: "bar", "aria-hidden": "true" });
  for (const { kind, value } of parts) {
    if (value <= 0) continue;
    const part = make("span", { class: `fill-${kind}` });
    part.style.width = `${(100 * value) / whole}%`;
    line.append(part);
  }
  return line;
};

/** Shows a section that the data has something for. @param {string} id */
const show = (id) => {
  byId(id).hidden = false;
};
