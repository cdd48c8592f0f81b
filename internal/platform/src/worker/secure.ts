/** [SecureContext]: interfaces that other contexts do not have. */

import { host } from "../host"
import { expose, type Kind } from "../webidl"

export function secure(name: string, value: unknown, kinds?: readonly Kind[]): void {
	if (host.secure) expose(name, value, kinds)
}
