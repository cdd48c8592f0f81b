// The manifest as the worker carries it: strings, because a list of objects
// costs the browser 25 ms at every start of a worker with 10,000 entries.
// They are taken apart when the first request needs them.

/** What the build packs; see manifest/pack.go. */
export interface Packed {
  /** the version */
  v: string;
  /** paths, grouped by directory and front-coded */
  p: string;
  /** hashes, 12 characters each, in the order of the paths */
  h: string;
  /** a digit an entry, the sum of its flags: see manifest/pack.go */
  f: string;
}

export interface Table {
  packed: Packed;
  /** The position of a path; undefined when it is no entry. */
  at(path: string): number | undefined;
  /** All paths, in order. */
  paths(): string[];
}

/** Undoes the front code: the first character says how much of the previous text stays. */
const grow = (previous: string, code: string): string => previous.slice(0, code.charCodeAt(0) - 64) + code.slice(1);

/** Takes a manifest apart into directories; the names in one only when one of them is asked for. */
export const unpack = (packed: Packed): Table => {
  const directories = new Map<string, () => Map<string, number>>();
  let directory = "";
  let position = 0;
  for (const group of packed.p.split("  ")) {
    const [code, ...codes] = group.split(" ");
    let first = position;
    let name = "";
    let names: Map<string, number> | undefined;
    position += codes.length;
    directory = grow(directory, code!);
    directories.set(directory, () => (names ??= new Map(codes.map((code) => [(name = grow(name, code)), first++]))));
  }
  return {
    packed,
    at: (path) => {
      const directory = path.replace(/[^/]*(\?.*)?$/, "");
      return directories.get(directory)?.().get(path.slice(directory.length));
    },
    paths: () => [...directories].flatMap(([directory, names]) => [...names().keys()].map((name) => directory + name)),
  };
};

/** The extension of a path in small letters; a directory is its page. */
export const extension = (path: string): string =>
  /\.(\w+)$/.exec(path.replace(/(^|\/)$/, ".html"))?.[1]?.toLowerCase() ?? "";

export const isPage = (path: string): boolean => /html?$/.test(extension(path));

/**
 * The name under which an entry's body is stored: its hash, so that it is
 * stored once, and its extension, because the same bytes may be needed with
 * another content type.
 */
export const bodyName = (table: Table, path: string): string =>
  table.packed.h.substr(table.at(path)! * 12, 12) + "." + extension(path);

/** Whether an entry has a flag. */
export const hasFlag = (table: Table, path: string, flag: number): number => +table.packed.f[table.at(path)!]! & flag;
