// A treemap of the precache: directories as frames, files as cells whose area is
// their size. A click or Enter goes into a directory, Escape goes back; arrow
// keys move among the cells, of which one is in the order of the Tab key.

/**
 * @typedef {object} Branch a directory or a file
 * @property {string} name
 * @property {string} path
 * @property {number} bytes
 * @property {number} files
 * @property {Map<string, Branch>} below
 * @property {Branch[]} children the heaviest first
 * @property {Branch | null} parent
 * @property {Entry | null} file
 * @property {string} type of most of its bytes
 * @property {number} smaller how many branches it stands for that are too small to be drawn, 0 for none
 */

/** @param {string} name @param {string} path @param {Branch | null} parent @returns {Branch} */
const branch = (name, path, parent) => ({ name, path, parent, bytes: 0, files: 0, below: new Map(), children: [], file: null, type: "other", smaller: 0 });

/**
 * The tree of the files that take space: what is stored once is there once.
 * @param {Entry[]} files
 * @param {boolean} byType whether types are the first level
 */
const growTree = (files, byType) => {
  const root = branch("all", "", null);
  for (const file of files) {
    if (file.bytes === 0 || file.same !== null) continue;
    const steps = (file.path || file.url).split("/");
    if (byType) steps.unshift(file.type);
    let at = root;
    for (const [i, step] of steps.entries()) {
      let next = at.below.get(step);
      if (!next) {
        next = branch(step, byType ? steps.slice(1, i + 1).join("/") : steps.slice(0, i + 1).join("/"), at);
        at.below.set(step, next);
      }
      at = next;
    }
    at.file = file;
    for (let b = /** @type {Branch | null} */ (at); b; b = b.parent) {
      b.bytes += file.bytes;
      b.files++;
    }
  }
  settle(root);
  return root;
};

/** Sorts a branch, and makes one of a directory and the only thing in it. @param {Branch} at @returns {Map<string, number>} bytes by type */
const settle = (at) => {
  /** @type {Map<string, number>} */
  const types = new Map();
  if (at.file) types.set(at.file.type, at.file.bytes);
  at.children = [...at.below.values()].sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
  for (const child of at.children) for (const [type, bytes] of settle(child)) types.set(type, (types.get(type) ?? 0) + bytes);
  at.type = [...types].reduce((most, next) => (next[1] > most[1] ? next : most), ["other", -1])[0];
  for (const [i, child] of at.children.entries()) {
    const [only] = child.children;
    if (child.children.length !== 1 || !only) continue;
    only.name = only.name === "index.html" ? `${child.name}/` : `${child.name}/${only.name}`;
    only.parent = at;
    at.children[i] = only;
  }
  return types;
};

const head = 19; // the height of a frame's heading in pixels, as in the style
const smallest = 110; // square pixels that a cell needs to be drawn

/**
 * What is drawn of a branch, outer frames before what they hold.
 * @param {Branch} at
 * @param {Rect} rect
 * @param {(at: Branch, rect: Rect, frame: boolean) => void} draw
 */
const arrange = (at, rect, draw) => {
  const perByte = (rect.width * rect.height) / at.bytes;
  let n = at.children.findIndex((child) => child.bytes * perByte < smallest);
  if (n < 0 || n === at.children.length - 1) n = at.children.length;
  const drawn = at.children.slice(0, n);
  if (n < at.children.length) drawn.push(smaller(at, at.children.slice(n)));
  // What is merged may be greater than what is drawn by itself.
  drawn.sort((a, b) => b.bytes - a.bytes);
  const rects = squarify(drawn.map((child) => child.bytes), rect);
  for (const [i, child] of drawn.entries()) {
    const part = /** @type {Rect} */ (rects[i]);
    const frame = child.children.length > 0 && part.width > 64 && part.height > 2.5 * head;
    draw(child, part, frame);
    if (frame) arrange(child, { x: part.x + 2, y: part.y + head, width: part.width - 4, height: part.height - head - 2 }, draw);
  }
};

/** One branch for many that are too small. @param {Branch} at @param {Branch[]} many */
const smaller = (at, many) => {
  const one = branch(`${number(many.length)} smaller`, at.path, at);
  one.smaller = many.length;
  for (const child of many) {
    one.bytes += child.bytes;
    one.files += child.files;
  }
  return one;
};

/** What a branch is, in words. @param {Branch} at @param {number} whole @returns {string[]} */
const describe = (at, whole) => {
  const weight = `${size(at.bytes)}, ${share(at.bytes, whole)}`;
  if (at.smaller > 0) return [`${at.name} in ${at.path ? `${at.path}/` : "the site"}`, `${count(at.files, "file")}, ${weight}`];
  if (!at.file) return [at.path ? `${at.path}/` : at.name, `${count(at.files, "file")}, ${weight}`];
  return [at.file.path || at.file.url, `${at.file.type}, ${weight}`, neededBy(at.file)];
};

/** A treemap in an element. @param {HTMLElement} into @param {Entry[]} files @param {(file: Entry | null) => void} select */
const addTreemap = (into, files, select) => {
  /** @typedef {{ at: Branch, rect: Rect, button: HTMLElement }} Cell */
  let root = growTree(files, false);
  let top = root;
  /** @type {Cell[]} */
  let cells = [];
  const tip = byId("tip");
  const area = make("div", { class: "treemap", role: "group", "aria-label": "Treemap of the precache", "aria-describedby": "treemap-help" });
  const trail = make("ol", {});
  const rows = make("div", {});
  const table = /** @type {HTMLDetailsElement} */ (make("details", { toggle: () => list() }, make("summary", {}, "The same as a table"), rows));
  const groups = ["By directory", "By type"].map((title, i) => make("button", { type: "button", class: "chip", "aria-pressed": String(i === 0), click: () => regroup(i) }, title));

  const regroup = (/** @type {number} */ by) => {
    for (const [i, button] of groups.entries()) button.setAttribute("aria-pressed", String(i === by));
    root = growTree(files, by === 1);
    zoom(root, null);
  };

  /** Shows a directory; focus is put on the cell of a branch, where one is given. */
  const zoom = (/** @type {Branch} */ to, /** @type {Branch | null} */ focus) => {
    top = to;
    select(null);
    /** @type {Branch[]} */
    const steps = [];
    for (let at = /** @type {Branch | null} */ (to); at; at = at.parent) steps.unshift(at);
    trail.replaceChildren(
      ...steps.map((at, i) => {
        const name = at === root ? "all files" : at.name;
        return make("li", {}, at === to ? make("span", { "aria-current": "true" }, name) : make("button", { type: "button", class: "link", click: () => zoom(at, steps[i + 1] ?? null) }, name));
      }),
      make("li", { class: "sum" }, `${size(to.bytes)} in ${count(to.files, "file")}`),
    );
    draw();
    if (focus) (cells.find((c) => c.at === focus) ?? cells[0])?.button.focus();
    list();
  };

  const draw = () => {
    cells = [];
    area.replaceChildren();
    hideTip();
    const { width, height } = area.getBoundingClientRect();
    if (width < 50) return;
    arrange(top, { x: 0, y: 0, width, height }, (at, rect, frame) => {
      const title = at.file || at.smaller > 0 || !at.path ? at.name : `${at.name}/`;
      const button = make("button", {
        type: "button", tabindex: -1, "aria-label": describe(at, root.bytes).join(", "),
        class: frame ? "frame" : `cell ${at.smaller > 0 ? "smaller" : `fill-${at.type}`}`,
      });
      if (frame || (rect.width > 40 && rect.height > 16)) button.append(make("span", { class: "name" }, title));
      if (frame || (rect.width > 48 && rect.height > 34)) button.append(make("span", { class: "size" }, size(at.bytes)));
      // In percent, so that it fits on paper, too.
      Object.assign(button.style, { left: `${(100 * rect.x) / width}%`, top: `${(100 * rect.y) / height}%`, width: `${(100 * rect.width) / width}%`, height: `${(100 * rect.height) / height}%` });
      cells.push({ at, rect: frame ? { ...rect, height: head } : rect, button });
      area.append(button);
    });
    cells[0]?.button.setAttribute("tabindex", "0");
  };

  const cellOf = (/** @type {EventTarget | null} */ target) => cells.find((c) => target instanceof Node && c.button.contains(target));

  const open = (/** @type {Cell} */ cell, /** @type {boolean} */ keyboard) => {
    const { at } = cell;
    if (at.file) {
      for (const c of cells) c.button.classList.toggle("chosen", c === cell);
      select(at.file);
    } else if (at.smaller > 0 && at.parent === top) {
      table.open = true;
      list();
      table.scrollIntoView({ block: "nearest" });
    } else {
      const to = at.smaller > 0 ? /** @type {Branch} */ (at.parent) : at;
      zoom(to, keyboard ? to.children[0] ?? null : null);
    }
  };

  const out = () => {
    if (top.parent) zoom(top.parent, top);
  };

  /** Goes to the nearest cell in a direction, measured from middle to middle. */
  const go = (/** @type {Cell} */ from, /** @type {number} */ dx, /** @type {number} */ dy) => {
    const middle = (/** @type {Cell} */ c) => ({ x: c.rect.x + c.rect.width / 2, y: c.rect.y + c.rect.height / 2 });
    const a = middle(from);
    let best = null;
    let least = Infinity;
    for (const cell of cells) {
      const b = middle(cell);
      const ahead = (b.x - a.x) * dx + (b.y - a.y) * dy;
      const aside = Math.abs((b.x - a.x) * dy) + Math.abs((b.y - a.y) * dx);
      if (cell === from || ahead < 1) continue;
      if (ahead + 2 * aside < least) [best, least] = [cell, ahead + 2 * aside];
    }
    best?.button.focus();
  };

  const showTip = (/** @type {Cell} */ cell, /** @type {number} */ x, /** @type {number} */ y) => {
    const [first = "", ...rest] = describe(cell.at, root.bytes);
    tip.replaceChildren(make("strong", {}, first), ...rest.map((line) => make("span", {}, line)));
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    const edge = document.documentElement.clientWidth - box.width - 8;
    tip.style.left = `${Math.max(8, Math.min(x + 14, edge))}px`;
    tip.style.top = `${y + 18 + box.height > window.innerHeight ? Math.max(8, y - box.height - 12) : y + 18}px`;
  };
  const hideTip = () => {
    tip.hidden = true;
  };

  area.addEventListener("click", (event) => {
    const cell = cellOf(event.target);
    if (cell) open(cell, event.detail === 0);
  });
  area.addEventListener("pointermove", (event) => {
    const cell = event.pointerType === "touch" ? undefined : cellOf(event.target);
    if (cell) showTip(cell, event.clientX, event.clientY);
    else hideTip();
  });
  area.addEventListener("pointerleave", hideTip);
  area.addEventListener("focusout", hideTip);
  area.addEventListener("focusin", (event) => {
    const cell = cellOf(event.target);
    if (!cell) return;
    for (const c of cells) c.button.setAttribute("tabindex", c === cell ? "0" : "-1");
    const box = cell.button.getBoundingClientRect();
    if (cell.button.matches(":focus-visible")) showTip(cell, box.left, Math.min(box.bottom, box.top + 40) - 14);
  });
  area.addEventListener("keydown", (event) => {
    const cell = cellOf(event.target);
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    const actions = new Map([
      ["ArrowLeft", () => go(cell, -1, 0)],
      ["ArrowRight", () => go(cell, 1, 0)],
      ["ArrowUp", () => go(cell, 0, -1)],
      ["ArrowDown", () => go(cell, 0, 1)],
      ["Home", () => cells[0]?.button.focus()],
      ["End", () => cells.at(-1)?.button.focus()],
      ["Escape", out],
      ["Backspace", out],
    ]);
    const act = actions.get(event.key);
    if (!act) return;
    event.preventDefault();
    act();
  });

  /** The text alternative: what is in the directory that is shown. */
  const list = () => {
    rows.replaceChildren();
    if (!table.open) return;
    /** @type {List<Branch>} */
    const contents = {
      one: "entry", many: "entries",
      rows: top.children,
      text: (at) => at.name,
      columns: [
        { title: "Name", by: (at) => at.name, cell: (at) => (at.file ? code(at.name) : make("button", { type: "button", class: "link", click: () => zoom(at, at.children[0] ?? null) }, code(`${at.name}/`))) },
        { title: "Type", kind: "side", by: (at) => (at.file ? at.file.type : ""), cell: (at) => (at.file ? at.file.type : "directory") },
        { title: "Files", kind: "number side", by: (at) => at.files, falling: true, cell: (at) => number(at.files) },
        { title: "Size", kind: "number", by: (at) => at.bytes, falling: true, cell: (at) => size(at.bytes) },
        { title: "Share", kind: "number side", cell: (at) => share(at.bytes, root.bytes) },
      ],
    };
    addList(rows, contents);
  };

  into.append(
    make("div", { class: "controls" }, make("div", { class: "chips", role: "group", "aria-label": "Group the treemap" }, ...groups)),
    make("nav", { class: "trail", "aria-label": "Directory in the treemap" }, trail),
    area,
    make("p", { id: "treemap-help", class: "help" }, "Arrow keys move, Enter opens, Escape goes back. What is stored once is drawn once."),
    table,
  );
  new ResizeObserver(() => draw()).observe(area);
  zoom(root, null);
};
