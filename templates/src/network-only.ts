// Leaves the request to the network and stores nothing: the worker does not
// even answer, which is as fast as having no worker.

import type { Strategy } from "./routes";

export const networkOnly: Strategy | undefined = undefined;
