/** Events and their targets, for those who use them. */

export { Event } from "./event"
export { CustomEvent, ErrorEvent, HashChangeEvent, MessageEvent, messageData, messageSource, ProgressEvent, PromiseRejectionEvent } from "./event-kinds"
export {
	currentEvent,
	defineEventHandler,
	dispatchAlong,
	dispatchTrusted,
	EventTarget,
	fire,
	hasListeners,
	listenerCallbacks,
	listenerTypes,
	makeEventTarget,
	watchListeners,
} from "./event-target"
