import { type Client, type ClientOptions, clientOver } from './client-over.ts';
import { createFetchTransport } from './fetch-transport.ts';

export type { Client } from './client-over.ts';
export { fillPath, parseKey } from './route-path.ts';

/** A client over `fetch`, for a page in a browser. */
export const createBrowserClient = (options: ClientOptions): Client => clientOver(createFetchTransport(new URL(options.apiUrl).origin), options);
