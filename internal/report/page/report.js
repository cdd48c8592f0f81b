// The report: reads the data, and fills the sections that there is something for.

const data = JSON.parse(byId("data").textContent ?? "");
const { fates, causes, pages, files, duplicates } = unpack(data);
/** @type {Law[]} */
const laws = data.laws;
/** @type {Finding[]} */
const findings = data.findings;

/** @param {[string, string][]} pairs */
const describeSite = (pairs) => {
  for (const [term, text] of pairs) if (text) byId("about").append(make("div", {}, make("dt", {}, term), make("dd", {}, text)));
};

/** @param {string} title @param {string} figure @param {...Child} below */
const tile = (title, figure, ...below) => make("div", { class: "tile" }, make("h2", {}, title), make("p", { class: "figure" }, figure), ...below);

/** Marks with words, side by side. @param {[string, string][]} entries */
const legend = (entries) => make("p", { class: "legend" }, ...entries.map(([kind, text]) => badge(kind, text)));

const summarise = () => {
  const tiles = byId("summary");
  if (pages && pages.length > 0) {
    const n = fates.map((_, i) => pages.filter((page) => page.fate === i).length);
    const parts = fates.map((fate, i) => ({ kind: fateKinds.get(fate) ?? "", value: n[i] ?? 0, fate }));
    // Rounded down: 100 % is said of nothing less.
    tiles.append(tile("Pages that work offline", `${Math.floor((100 * (n[0] ?? 0)) / pages.length)} %`,
      bar(parts, pages.length), make("p", {}, `${number(n[0] ?? 0)} of ${count(pages.length, "page")}`),
      legend(parts.slice(1).filter((p) => p.value > 0).map((p) => [p.kind, `${number(p.value)} ${p.value === 1 ? p.fate : p.fate.replace("needs", "need")}`]))));
  }
  const broken = laws.filter((law) => law.broken).length;
  const kept = laws.filter((law) => !law.broken && !law.skipped).length;
  const checks = laws.reduce((sum, law) => sum + law.checks, 0);
  if (laws.length > 0) tiles.append(tile("Promises kept", `${kept} of ${kept + broken}`,
    bar([{ kind: "good", value: kept }, { kind: "bad", value: broken }], kept + broken), make("p", {}, count(checks, "check")),
    broken > 0 ? legend([["bad", `${broken} broken`]]) : null,
    kept + broken < laws.length ? legend([["none", `${laws.length - kept - broken} not checked`]]) : null));
  if (data.totals) {
    const { types, bytes } = data.totals;
    tiles.append(tile("Precache", size(bytes),
      bar(types.map((/** @type {any} */ t) => ({ kind: t.type, value: t.bytes })), bytes), make("p", {}, count(data.files.length, "file")),
      legend(types.slice(0, 3).map((/** @type {any} */ t) => [t.type, `${size(t.bytes)} ${t.type}`]))));
  }
  const of = (/** @type {string} */ severity) => findings.filter((f) => f.severity === severity).length;
  const kinds = /** @type {[string, string, string][]} */ ([["error", "bad", "error"], ["warning", "fair", "warning"], ["note", "none", "note"]]);
  tiles.append(tile("Findings", number(findings.length),
    bar(kinds.map(([severity, kind]) => ({ kind, value: of(severity) })), findings.length),
    legend(kinds.filter(([severity]) => of(severity) > 0).map(([severity, kind, word]) => [kind, count(of(severity), word)]))));
};

/** @param {Page[]} list */
const showPages = (list) => {
  show("pages");
  const weighed = data.totals !== undefined;
  const missing = (/** @type {Page} */ page) => page.lacks.filter((lack) => lack.cause.fate !== "works").length;
  /** @type {Column<Page>[]} */
  const columns = [
    { title: "Page", by: (page) => page.url, cell: (page) => code(page.url) },
    { title: "Offline", by: (page) => page.fate, falling: true, cell: (page) => fateBadge(fates[page.fate] ?? "") },
    { title: "Missing", kind: "number side", by: missing, falling: true, cell: (page) => number(missing(page)) },
  ];
  if (weighed) {
    columns.push(
      { title: "Needs", kind: "number side", by: (page) => page.bytes, falling: true, cell: (page) => size(page.bytes) },
      { title: "Alone", kind: "number side", by: (page) => page.unique, falling: true, cell: (page) => size(page.unique) });
  }
  const restrict = addList(byId("page-list"), {
    one: "page", many: "pages",
    rows: [...list].sort((a, b) => b.fate - a.fate),
    columns,
    text: (page) => `${page.url} ${page.file} ${page.lacks.map((lack) => lack.cause.url).join(" ")}`,
    filters: fates.map((fate, i) => ({ title: fate, kind: fateKinds.get(fate) ?? "", has: (/** @type {Page} */ page) => page.fate === i })).reverse(),
    detail: (page) => whyLacking(page, weighed),
  });
  showCauses(restrict);
};

/** What pages lack, by how many do. @param {(title: string, has: (page: Page) => boolean) => void} restrict */
const showCauses = (restrict) => {
  const rank = (/** @type {Cause} */ cause) => fates.indexOf(cause.fate);
  const list = causes.filter((cause) => cause.fate !== "works").sort((a, b) => rank(b) - rank(a) || b.pages - a.pages);
  if (list.length === 0) return;
  byId("causes").append(make("h3", {}, "What is missing"));
  const has = (/** @type {Cause} */ cause) => (/** @type {Page} */ page) => page.lacks.some((lack) => lack.cause === cause);
  const rows = make("ul", { class: "causes" });
  const few = 6;
  const add = (/** @type {Cause[]} */ some) => rows.append(...some.map((cause) => make("li", {}, fateBadge(cause.fate), " ",
    make("span", { class: "what" }, code(cause.url), ` ${cause.why}`), " ",
    make("button", { type: "button", class: "link", click: () => restrict(`those that lack ${cause.url}`, has(cause)) }, count(cause.pages, "page")))));
  add(list.slice(0, few));
  byId("causes").append(rows);
  let shown = few;
  if (list.length <= shown) return;
  const more = make("button", { type: "button", class: "more" }, `Show more of ${number(list.length)}`);
  more.addEventListener("click", () => {
    add(list.slice(shown, shown + slice));
    shown += slice;
    more.hidden = shown >= list.length;
  });
  byId("causes").append(more);
};

/** @param {Entry[]} list */
const showMap = (list) => {
  show("precache");
  const chosen = make("div", { class: "chosen-file", role: "status" });
  addTreemap(byId("map"), list, (file) => {
    chosen.replaceChildren(...(file ? [make("h3", {}, code(file.url)), make("p", {}, `${file.type}, ${size(file.bytes)}`), whyIn(file)] : []));
  });
  byId("treemap-help").before(legend(data.totals.types.filter((/** @type {any} */ t) => t.bytes > 0).map((/** @type {any} */ t) => [t.type, `${t.type} ${size(t.bytes)}`])), chosen);
};

/** A card of bars. @param {string} title @param {{ name: Child, value: string, parts: { kind: string, value: number }[] }[]} rows */
const card = (title, rows) => {
  const whole = Math.max(...rows.map((row) => row.parts.reduce((sum, part) => sum + part.value, 0)));
  return make("div", { class: "card" }, make("h3", {}, title), make("ul", {}, ...rows.map((row) =>
    make("li", {}, make("span", { class: "name" }, row.name), make("span", { class: "value" }, row.value), bar(row.parts, whole)))));
};

const showWeight = () => {
  show("weight");
  const few = 8;
  const { types, bytes } = data.totals;
  byId("weights").append(
    card("By type", types.map((/** @type {any} */ t) => ({ name: t.type, value: `${size(t.bytes)} · ${share(t.bytes, bytes)} · ${count(t.files, "file")}`, parts: [{ kind: t.type, value: t.bytes }] }))),
    card("Heaviest files", (files ?? []).filter((f) => f.same === null).slice(0, few).map((f) => ({ name: code(f.url), value: size(f.bytes), parts: [{ kind: f.type, value: f.bytes }] }))));
  const heavy = [...(pages ?? [])].sort((a, b) => b.bytes - a.bytes).slice(0, few);
  if (heavy.length === 0) return;
  const one = card("Heaviest pages", heavy.map((p) => ({ name: code(p.url), value: `${size(p.bytes)}, ${size(p.unique)} alone`, parts: [{ kind: "unique", value: p.unique }, { kind: "shared", value: p.bytes - p.unique }] })));
  one.append(legend([["unique", "for this page alone"], ["shared", "shared with others"]]));
  byId("weights").append(one);
};

/** @param {Entry[]} list */
const showFiles = (list) => {
  show("files");
  const needed = (/** @type {Entry} */ f) => f.pages > 0 || f.type === "page";
  addList(byId("file-list"), {
    one: "file", many: "files",
    rows: list,
    text: (f) => `${f.url} ${f.path} ${f.type}`,
    columns: [
      { title: "File", by: (f) => f.url, cell: (f) => code(f.url) },
      { title: "Type", kind: "side", by: (f) => f.type, cell: (f) => badge(f.type, f.type) },
      { title: "Size", kind: "number", by: (f) => f.bytes, falling: true, cell: (f) => size(f.bytes) },
      { title: "Why it is in", by: (f) => f.pages + f.assumed, falling: true, cell: neededBy },
    ],
    filters: [
      { title: "needed", has: needed },
      { title: "assumed", has: (f) => !needed(f) && f.assumed > 0 },
      { title: "no page needs it", has: (f) => !needed(f) && f.assumed === 0 },
      ...data.totals.types.map((/** @type {any} */ t) => ({ title: t.type, kind: t.type, has: (/** @type {Entry} */ f) => f.type === t.type })),
    ],
    detail: whyIn,
  });
};

const showDuplicates = () => {
  if (duplicates.length === 0) return;
  show("duplicates");
  byId("spare").textContent = `${count(duplicates.length, "content")} under several addresses: a deploy carries ${size(data.totals.spare)} more than a visitor stores.`;
  const one = (/** @type {Entry[]} */ group) => /** @type {Entry} */ (group[0]);
  addList(byId("duplicate-list"), {
    one: "content", many: "contents",
    rows: duplicates,
    text: (group) => group.map((f) => f.url).join(" "),
    columns: [
      { title: "Content", by: (group) => one(group).url, cell: (group) => code(one(group).url) },
      { title: "Addresses", kind: "number", by: (group) => group.length, falling: true, cell: (group) => number(group.length) },
      { title: "Size", kind: "number side", by: (group) => one(group).bytes, falling: true, cell: (group) => size(one(group).bytes) },
      { title: "Spare", kind: "number", by: (group) => one(group).bytes * (group.length - 1), falling: true, cell: (group) => size(one(group).bytes * (group.length - 1)) },
    ],
    detail: (group) => make("div", { class: "facts" }, make("ul", {}, ...group.slice(0, slice).map((f) => make("li", {}, code(f.url))), group.length > slice ? make("li", {}, `and ${number(group.length - slice)} more`) : null)),
  });
};

const showLaws = () => addList(byId("law-list"), {
  one: "promise", many: "promises",
  rows: laws,
  text: (law) => `${law.code} ${law.name} ${law.sentence}`,
  filters: [
    { title: "broken", kind: "bad", has: (law) => Boolean(law.broken) },
    { title: "kept", kind: "good", has: (law) => !law.broken && !law.skipped },
    { title: "not checked", kind: "none", has: (law) => Boolean(law.skipped) },
  ],
  columns: [
    { title: "Promise", cell: (law) => make("span", {}, make("span", { class: "law" }, law.code), " ", make("strong", {}, law.name), make("small", {}, law.sentence)) },
    { title: "Verdict", cell: (law) => (law.broken ? badge("bad", "broken") : law.skipped ? make("span", {}, badge("none", "not checked"), make("small", {}, law.skipped)) : badge("good", "kept")) },
    { title: "Checks", kind: "number side", cell: (law) => number(law.checks) },
  ],
  detail: (law) => {
    const broken = findings.filter((f) => f.law === law.code);
    return broken.length === 0 ? null : make("div", { class: "facts" }, ...broken.slice(0, first).map((f) => make("div", {}, make("p", {}, nameOf(f)), whatToDo(f))));
  },
});

/** What a finding is about, and what it says. @param {Finding} f */
const nameOf = (f) => make("span", {}, f.path ? code(f.path) : null, f.path ? " " : null, f.message);

const showFindings = () => {
  if (findings.length === 0) {
    byId("finding-list").append(make("p", {}, "There is nothing to say about this site."));
    return;
  }
  const kinds = new Map([["error", "bad"], ["warning", "fair"], ["note", "none"]]);
  addList(byId("finding-list"), {
    one: "finding", many: "findings",
    rows: findings,
    text: (f) => `${f.path ?? ""} ${f.message} ${f.law ?? ""} ${f.id}`,
    columns: [
      { title: "Finding", cell: nameOf },
      { title: "Severity", cell: (f) => badge(kinds.get(f.severity) ?? "", f.severity) },
      { title: "Kind", kind: "side", by: (f) => f.law ?? f.id, cell: (f) => f.law ?? f.id },
    ],
    filters: [...kinds].map(([severity, kind]) => ({ title: severity, kind, has: (f) => f.severity === severity })),
    detail: (f) => (f.hint || f.trace?.length ? whatToDo(f) : null),
  });
};

describeSite([["Worker", `${data.worker}, ${data.subject}`], ["Base path", data.base], ["Host", data.host], ["Version", data.version], ["Offline", count(data.precached, "URL")]]);
summarise();
if (pages && pages.length > 0) showPages(pages);
if (files && files.length > 0) {
  showMap(files);
  showWeight();
  showFiles(files);
  showDuplicates();
}
if (laws.length > 0) showLaws();
else byId("promises").hidden = true;
showFindings();
for (const section of document.querySelectorAll("main > section[id]:not([hidden], #summary)")) {
  byId("contents").append(make("a", { href: `#${section.id}` }, section.querySelector("h2")?.textContent ?? ""));
}
