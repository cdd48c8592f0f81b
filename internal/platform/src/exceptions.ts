/**
 * DOMException, and exceptions by name for those who carry them over the
 * border. https://webidl.spec.whatwg.org/#idl-exceptions
 */
import { constants, DOMString, expose, interfaceOf, Stamp } from "./webidl"

// Names of constants in the order of their codes, from 1, with the name of the
// exception that has the code (three of them name none).
const codes: [constant: string, name?: string][] = [
	["INDEX_SIZE", "IndexSizeError"],
	["DOMSTRING_SIZE"],
	["HIERARCHY_REQUEST", "HierarchyRequestError"],
	["WRONG_DOCUMENT", "WrongDocumentError"],
	["INVALID_CHARACTER", "InvalidCharacterError"],
	["NO_DATA_ALLOWED"],
	["NO_MODIFICATION_ALLOWED", "NoModificationAllowedError"],
	["NOT_FOUND", "NotFoundError"],
	["NOT_SUPPORTED", "NotSupportedError"],
	["INUSE_ATTRIBUTE", "InUseAttributeError"],
	["INVALID_STATE", "InvalidStateError"],
	["SYNTAX", "SyntaxError"],
	["INVALID_MODIFICATION", "InvalidModificationError"],
	["NAMESPACE", "NamespaceError"],
	["INVALID_ACCESS", "InvalidAccessError"],
	["VALIDATION"],
	["TYPE_MISMATCH", "TypeMismatchError"],
	["SECURITY", "SecurityError"],
	["NETWORK", "NetworkError"],
	["ABORT", "AbortError"],
	["URL_MISMATCH", "URLMismatchError"],
	["QUOTA_EXCEEDED", "QuotaExceededError"],
	["TIMEOUT", "TimeoutError"],
	["INVALID_NODE_TYPE", "InvalidNodeTypeError"],
	["DATA_CLONE", "DataCloneError"],
]

/** A stack without the lines of the engine and of the prelude. */
export function scriptStack(stack: string): string {
	return stack.replace(/^.*(\(native\)|swtest:).*\n?/gm, "")
}

class Data extends Stamp {
	#name: string
	#message: string
	constructor(exception: object, name: string, message: string) {
		super(exception)
		this.#name = name
		this.#message = message
	}
	static nameOf(exception: object): string {
		return (exception as Data).#name
	}
	static messageOf(exception: object): string {
		return (exception as Data).#message
	}
}

/**
 * The instances are made by Error, so that they have a stack and pass
 * Error.isError; the class is no subclass of Error, only its prototype is.
 */
export class DOMException {
	declare readonly stack: string
	constructor(message: string = "", name: string = "Error") {
		message = DOMString(message)
		name = DOMString(name)
		const exception = Reflect.construct(Error, [], new.target) as DOMException
		new Data(exception, name, message)
		Object.defineProperty(exception, "stack", { value: scriptStack(exception.stack) })
		return exception
	}
	get name(): string {
		return Data.nameOf(this)
	}
	get message(): string {
		return Data.messageOf(this)
	}
	get code(): number {
		const name = Data.nameOf(this)
		return codes.findIndex(([, has]) => has === name) + 1
	}
}
Object.setPrototypeOf(DOMException.prototype, Error.prototype)
interfaceOf(DOMException, "DOMException")
constants(DOMException, Object.fromEntries(codes.map(([constant], i) => [constant + "_ERR", i + 1])))
expose("DOMException", DOMException)

const errors: Record<string, new (message: string) => Error> = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError }

/** An exception by its name: one of JavaScript's own, else a DOMException. */
export function exception(name: string, message: string): Error {
	const constructor = Object.hasOwn(errors, name) ? errors[name] : undefined
	return constructor ? new constructor(message) : new DOMException(message, name)
}

/** What a host function threw, as the exception that it stands for: the engine knows only JavaScript's own kinds. */
export function fromHost(error: unknown): unknown {
	const { hostName, message } = error as { hostName?: string; message: string }
	return hostName === undefined ? error : exception(hostName, message)
}
