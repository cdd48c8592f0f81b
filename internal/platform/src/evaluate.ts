/** Runs an expression for the one who tests, who gets its value once it is there. */

import { host } from "./host"
import { reportException } from "./script"

/** Hooks.evaluate: answers through host.evaluated. */
export function evaluate(expression: string): void {
	const indirect = eval
	let value: Promise<unknown>
	try {
		value = (indirect(`(async () => (${expression}\n))`) as () => Promise<unknown>)()
	} catch (error) {
		value = Promise.reject(error)
	}
	value
		.then(
			result => host.evaluated(true, result === undefined ? null : result),
			(error: unknown) => {
				const { name, message } = error instanceof Object ? (error as Error) : { name: "Error", message: String(error) }
				host.evaluated(false, String(message), String(name))
			},
		)
		.catch(reportException)
}
