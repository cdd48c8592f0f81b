// A list of many rows: filtered, searched, sorted by its headings, and put into
// the document a slice at a time, because tens of thousands of rows would take
// a browser many seconds.

const first = 25;
const slice = 200;

/**
 * @template Row
 * @typedef {object} Column
 * @property {string} title
 * @property {string} [kind] the classes of its cells: number; side is left out on narrow screens
 * @property {(row: Row) => Child} cell
 * @property {(row: Row) => string | number} [by] what it is sorted by
 * @property {boolean} [falling] the first click sorts the greatest first
 */

/**
 * @template Row
 * @typedef {object} Filter
 * @property {string} title
 * @property {string} [kind] of its badge
 * @property {(row: Row) => boolean} has
 */

/**
 * @template Row
 * @typedef {object} List
 * @property {string} one what a row is, and
 * @property {string} many what several are
 * @property {Row[]} rows in the order that they have first
 * @property {Column<Row>[]} columns the first is the row's heading
 * @property {(row: Row) => string} text what is searched
 * @property {Filter<Row>[]} [filters] beside "all"
 * @property {(row: Row) => Node | null} [detail] what is shown below a row on demand
 */

let listNumber = 0;

/**
 * Puts a list into an element. What it returns shows those rows only that a
 * function lets through, until the reader takes that off again.
 * @template Row
 * @param {HTMLElement} into
 * @param {List<Row>} list
 */
const addList = (into, list) => {
  const id = `list-${++listNumber}`;
  const filters = (list.filters ?? []).filter((f) => list.rows.some(f.has));
  const body = make("tbody", {});
  const status = make("p", { class: "status", role: "status" });
  const more = make("button", { type: "button", class: "more", hidden: true, click: () => grow() });
  const only = make("p", { class: "only", hidden: true });
  /** @type {Filter<Row> | null} */
  let filter = null;
  /** @type {((row: Row) => boolean) | null} */
  let restriction = null;
  let query = "";
  /** @type {Column<Row> | null} */
  let sorted = null;
  let falling = false;
  /** @type {Row[]} */
  let rows = list.rows;
  let shown = 0;
  let details = 0;

  const update = () => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    rows = list.rows.filter((row) => {
      if (filter !== null && !filter.has(row)) return false;
      if (restriction !== null && !restriction(row)) return false;
      if (words.length === 0) return true;
      const text = list.text(row).toLowerCase();
      return words.every((word) => text.includes(word));
    });
    const by = sorted?.by;
    if (by) {
      const sign = falling ? -1 : 1;
      const keys = new Map(rows.map((row) => [row, by(row)]));
      const key = (/** @type {Row} */ row) => /** @type {string | number} */ (keys.get(row));
      rows.sort((a, b) => (key(a) < key(b) ? -sign : key(a) > key(b) ? sign : 0));
    }
    body.replaceChildren();
    shown = 0;
    grow();
  };

  const grow = () => {
    const next = rows.slice(shown, shown === 0 ? first : shown + slice);
    shown += next.length;
    body.append(...next.flatMap(rowOf));
    more.hidden = shown === rows.length;
    more.textContent = `Show ${number(Math.min(slice, rows.length - shown))} more`;
    const matching = rows.length === list.rows.length ? number(rows.length) : `${number(rows.length)} of ${number(list.rows.length)}`;
    status.textContent = rows.length === 0 ? `No ${list.one} matches.` : `${matching} ${list.rows.length === 1 ? list.one : list.many}${shown < rows.length ? `, the first ${number(shown)} shown` : ""}`;
  };

  const rowOf = (/** @type {Row} */ row) => {
    const [heading, ...rest] = list.columns;
    const detail = list.detail?.(row) ?? null;
    const head = heading?.cell(row) ?? "";
    if (detail === null) return [make("tr", {}, make("th", { scope: "row" }, make("div", { class: list.detail ? "plain" : "" }, head)), ...rest.map((c) => cellOf(c, row)))];
    const name = `${id}-${++details}`;
    const toggle = make("button", { type: "button", class: "toggle", "aria-expanded": "false", "aria-controls": name }, head);
    const below = make("tr", { id: name, class: "detail", hidden: true }, make("td", { colspan: list.columns.length }, detail));
    toggle.addEventListener("click", () => {
      below.hidden = !below.hidden;
      toggle.setAttribute("aria-expanded", String(!below.hidden));
    });
    return [make("tr", {}, make("th", { scope: "row" }, toggle), ...rest.map((c) => cellOf(c, row))), below];
  };

  const cellOf = (/** @type {Column<Row>} */ column, /** @type {Row} */ row) => make("td", { class: column.kind ?? "" }, column.cell(row));

  const headings = list.columns.map((column) => {
    const heading = make("th", { scope: "col", class: column.kind ?? "" });
    if (!column.by) {
      heading.append(column.title);
      return heading;
    }
    const sort = () => {
      falling = sorted === column ? !falling : column.falling ?? false;
      sorted = column;
      for (const other of headings) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
      update();
    };
    heading.append(make("button", { type: "button", class: "sort", click: sort }, column.title));
    return heading;
  });

  const chips = [null, ...filters].map((f) => {
    const n = f ? list.rows.filter(f.has).length : list.rows.length;
    const chip = make("button", { type: "button", class: "chip", "aria-pressed": String(f === null) }, f?.kind ? badge(f.kind, f.title) : f?.title ?? "All", " ", make("span", { class: "n" }, number(n)));
    chip.addEventListener("click", () => choose(f));
    return { filter: f, chip };
  });
  const choose = (/** @type {Filter<Row> | null} */ chosen) => {
    filter = chosen;
    for (const { filter, chip } of chips) chip.setAttribute("aria-pressed", String(filter === chosen));
    update();
  };

  const search = /** @type {HTMLInputElement} */ (make("input", { id: `${id}-search`, type: "search", autocomplete: "off", spellcheck: "false", placeholder: `Search ${list.many}` }));
  search.addEventListener("input", () => {
    query = search.value;
    update();
  });
  const controls = make("div", { class: "controls" });
  if (filters.length > 0) controls.append(make("div", { class: "chips", role: "group", "aria-label": `Filter ${list.many}` }, ...chips.map((c) => c.chip)));
  if (list.rows.length > first) controls.append(make("label", { class: "hidden", for: search.id }, `Search ${list.many}`), search);
  const table = make("table", {}, make("caption", { class: "hidden" }, list.many), make("thead", {}, make("tr", {}, ...headings)), body);
  into.append(controls, only, table, status, more);
  update();

  return (/** @type {string} */ title, /** @type {(row: Row) => boolean} */ has) => {
    restriction = has;
    only.replaceChildren("Only ", title, " ", make("button", { type: "button", class: "link", click: () => clear() }, "show all again"));
    only.hidden = false;
    const clear = () => {
      restriction = null;
      only.hidden = true;
      update();
      chips[0]?.chip.focus();
    };
    search.value = query = "";
    choose(null);
    only.scrollIntoView({ block: "nearest" });
  };
};
