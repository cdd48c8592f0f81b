/**
 * What values are while they are neither here nor there: a tree that JSON can
 * carry and a list of byte buffers. Each object of the tree is a list that
 * begins with a tag; objects are numbered in the order in which they begin, so
 * that later ones can refer to earlier ones. And which platform objects become
 * such.
 */

/**
 * Lists begin with: "u" undefined, "n" a number that JSON lacks, "i" a bigint,
 * "@" an earlier object, "t" a transferred one, "y" bytes of a platform object;
 * "o" an object, "a" an array without holes (unless a getter made some), "A"
 * another array, "M" a Map, "S" a Set, "d" a Date, "r" a RegExp, "O" a boxed
 * primitive, "b" an ArrayBuffer, "v" a view on one, "E" an error, "P" a
 * platform object, "x" one that is transferred.
 */
export type Tree = null | boolean | number | string | Tree[]

export type Buffer = Uint8Array<ArrayBuffer>

export interface Flat {
	tree: Tree
	/** One tree for each transferred object. */
	transferred: Tree[]
	buffers: Buffer[]
	ports: number[]
}

// Newer than ES2023, and native in the engine.
export interface NewerBuffer extends ArrayBuffer {
	readonly detached: boolean
	readonly resizable: boolean
	readonly maxByteLength: number
	transfer(): NewerBuffer
	resize(length: number): void
}

// Platform objects.

export interface Serializable {
	name: string
	toData: (value: any) => readonly unknown[]
	fromData: (data: any) => object
}

export const serializables = new Map<object, Serializable>()

/**
 * Makes an interface [Serializable]. Data is a list of serializable values;
 * byte arrays directly in it are handed over as they are and must never
 * change. toData throws TypeError for what is no instance.
 */
export function serializable<T extends object, const Data extends readonly unknown[]>(
	name: string,
	constructor: abstract new (...args: any[]) => T,
	toData: (value: T) => Data,
	fromData: (data: Data) => T,
): void {
	serializables.set(constructor.prototype as object, { name, toData, fromData })
}

export interface Transferable {
	name: string
	is: (value: object) => boolean
	/** Whether it was transferred before (or cannot be for another reason). */
	detached: (value: any) => boolean
	/** Detaches; the tree of what `receive` needs. Ports travel in the list. */
	send: (value: any, ports: number[]) => Tree
	receive: (data: any, ports: number[]) => object
}

export const transferables: Transferable[] = []

/** Makes an interface [Transferable]: `is` looks for its instances. */
export function transferable<T extends object, Data extends Tree>(
	name: string,
	is: (value: object) => value is T,
	detached: (value: T) => boolean,
	send: (value: T, ports: number[]) => Data,
	receive: (data: Data, ports: number[]) => T,
): void {
	transferables.push({ name, is, detached, send, receive })
}
