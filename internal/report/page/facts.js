// What there is to say about a page and about a file. Both are unpacked from
// rows; see pack.go for what is in them.

/** @typedef {{ number: number, fate: string, url: string, why: string, pages: number }} Cause */
/** @typedef {{ cause: Cause, file: string, line: number }} Lack */
/** @typedef {{ url: string, file: string, fate: number, lacks: Lack[], needs: number, own: number, bytes: number, unique: number }} Page */
/** @typedef {{ page: string, file: string, line: number, weight: string }} Example */
/** @typedef {{ url: string, path: string, bytes: number, type: string, same: Entry | null, copies: Entry[], pages: number, assumed: number, weight: string, examples: Example[] }} Entry */
/** @typedef {{ id: string, severity: string, path?: string, message: string, hint?: string, law?: string, trace?: string[] }} Finding */
/** @typedef {{ code: string, name: string, sentence: string, checks: number, skipped?: string, broken?: boolean }} Law */

/** The rows of a flat list, n values each. @param {any[]} values @param {number} n */
const grouped = (values, n) => Array.from({ length: values.length / n }, (_, i) => values.slice(i * n, (i + 1) * n));

/** @param {any} data */
const unpack = (data) => {
  /** @type {string[]} */
  const fates = data.fates;
  /** @type {Cause[]} */
  const causes = data.causes.map((/** @type {[number, string, string]} */ [fate, url, why], /** @type {number} */ i) => ({ number: i, fate: fates[fate], url, why, pages: 0 }));
  /** @type {Page[] | undefined} */
  const pages = data.pages?.map((/** @type {any[]} */ [url, file, fate, reasons, needs, own, bytes, unique]) => {
    /** @type {Lack[]} */
    const lacks = grouped(reasons, 3).map(([n, where, line]) => ({ cause: /** @type {Cause} */ (causes[n]), file: where, line }));
    for (const cause of new Set(lacks.map((lack) => lack.cause))) cause.pages++;
    return { url, file, fate, lacks, needs, own, bytes, unique };
  });
  /** @type {Entry[] | undefined} */
  const files = data.files?.map((/** @type {any[]} */ [url, path, bytes, type, , pages, assumed, weight, examples]) => ({
    url, path, bytes, type, same: null, copies: [], pages, assumed, weight,
    examples: grouped(examples, 4).map(([page, file, line, weight]) => ({ page, file, line, weight })),
  }));
  for (const [i, file] of (files ?? []).entries()) if (data.files[i][4] >= 0) file.same = files?.[data.files[i][4]] ?? null;
  /** @type {Entry[][]} */
  const duplicates = (data.totals?.duplicates ?? []).map((/** @type {number[]} */ group) => group.map((n) => files?.[n]));
  for (const group of duplicates) for (const file of group) file.copies = group;
  return { fates, causes, pages, files, duplicates };
};

const fateKinds = new Map([["works", "good"], ["degraded", "fair"], ["needs the network", "away"], ["broken", "bad"]]);

/** @param {string} fate */
const fateBadge = (fate) => badge(fateKinds.get(fate) ?? "", fate);

/** Who needs a file, in a few words. @param {Entry} file */
const neededBy = (file) => {
  if (file.pages > 0) return `${count(file.pages, "page")} ${file.pages === 1 ? "needs" : "need"} it`;
  if (file.assumed > 0) return `${count(file.assumed, "page")} may need it`;
  return file.type === "page" ? "a page by itself" : "no page needs it";
};

const weights = new Map([
  ["required", "without it, a page is broken"],
  ["degrading", "without it, something in a page is missing"],
  ["soft", "without it, nobody notices at once"],
]);

/** Why a file is in the precache. @param {Entry} file */
const whyIn = (file) => {
  const about = make("div", { class: "facts" });
  const say = (/** @type {Child[]} */ ...text) => about.append(make("p", {}, ...text));
  if (file.path && !file.url.endsWith(`/${file.path}`)) say("The file is ", code(file.path), ".");
  if (file.type === "page") say("It is a page: visitors open it.");
  if (file.pages > 0) say(`${neededBy(file)}; ${weights.get(file.weight) ?? file.weight}. For example:`);
  else if (file.assumed > 0) say(`Nothing that can be read names it, but ${count(file.assumed, "page")} load${file.assumed === 1 ? "s" : ""} the runtime of a bundler that may ask for it. For example:`);
  else if (file.type !== "page") say("No page needs it, as far as can be read. A script may still put its name together. If none does, ", code("exclude"), " leaves it out of the precache.");
  if (file.examples.length > 0) {
    about.append(make("ul", {}, ...file.examples.map((e) => make("li", {}, code(e.page), e.file ? " in " : null, e.file ? place(e.file, e.line) : null, `, ${e.weight}`))));
  }
  if (file.pages > 0 && file.assumed > 0) say(`${count(file.assumed, "more page")} may need it: the runtime of a bundler can ask for it.`);
  if (file.copies.length > 1) {
    say("The same content, stored once, is also at:");
    const others = file.copies.filter((copy) => copy !== file);
    about.append(make("ul", {}, ...others.slice(0, 10).map((copy) => make("li", {}, code(copy.url))), others.length > 10 ? make("li", {}, `and ${number(others.length - 10)} more`) : null));
  }
  return about;
};

/** Why a page is not whole, and what it weighs. @param {Page} page @param {boolean} weighed */
const whyLacking = (page, weighed) => {
  const about = make("div", { class: "facts" });
  if (page.lacks.length === 0) about.append(make("p", {}, "All that it needs is answered without a network."));
  else {
    about.append(make("ul", { class: "lacks" }, ...page.lacks.map(({ cause, file, line }) => make("li", {}, fateBadge(cause.fate === "works" ? "not known" : cause.fate), " ", code(cause.url), ` ${cause.why}`, file ? " — " : null, file ? place(file, line) : null))));
  }
  if (page.file && !page.url.endsWith(`/${page.file}`)) about.append(make("p", {}, "The file is ", code(page.file), "."));
  if (weighed) {
    const own = page.own > 0 ? `Its own file has ${size(page.own)}` : "Its own file is not precached";
    about.append(make("p", {}, `${own}; with the ${count(page.needs, "precached file")} that it needs it comes to ${size(page.bytes)}, of which ${size(page.unique)} are for it alone.`));
  }
  return about;
};

/** A finding below its first line. @param {Finding} finding */
const whatToDo = (finding) => make("div", { class: "facts" },
  finding.hint ? make("p", {}, finding.hint) : null,
  finding.trace && finding.trace.length > 0 ? make("pre", { tabindex: 0, role: "region", "aria-label": "What happened before" }, finding.trace.join("\n")) : null);
