/** The library's exceptions, which script sees as DOMExceptions like all others. */

import { DOMException } from "../../../../../indexeddb/platform"

function named(name: string, usually: string): new (message?: string) => Error {
	return function (message = usually) {
		return new DOMException(message, name)
	} as unknown as new (message?: string) => Error
}

export const AbortError = named("AbortError", "The transaction was aborted, so the request cannot be fulfilled.")
export const ConstraintError = named("ConstraintError", "The name or the key exists already, where it must be unique.")
export const DataError = named("DataError", "The parameter is not a valid key or range, or the key path gives none.")
export const InvalidAccessError = named("InvalidAccessError", "The list of object stores is empty, or the options contradict each other.")
export const InvalidStateError = named("InvalidStateError", "The object is deleted, finished or closed, or not ready.")
export const NotFoundError = named("NotFoundError", "The object store or the index was not found.")
export const ReadOnlyError = named("ReadOnlyError", "The transaction is read-only.")
export const SyntaxError = named("SyntaxError", "The key path is not valid.")
export const TransactionInactiveError = named("TransactionInactiveError", "The transaction is inactive or finished.")
export const VersionError = named("VersionError", "The requested version is less than the existing version.")
