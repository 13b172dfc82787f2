import { type Client, type ClientOptions, clientOver } from './client-over.ts';
import { createTransport } from './node-transport.ts';

/** A client of a server, over kept connections of Node's. */
export const createClient = (options: ClientOptions): Client => clientOver(createTransport(new URL(options.apiUrl).origin), options);
