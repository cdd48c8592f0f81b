/** IDBOpenDBRequest. https://w3c.github.io/IndexedDB/#idbopendbrequest */

import { defineEventHandler } from "../../../../indexeddb/platform"
import IDBRequest from "./FDBRequest"

export default class IDBOpenDBRequest extends IDBRequest {}

defineEventHandler(IDBOpenDBRequest.prototype, ["blocked", "upgradeneeded"])
