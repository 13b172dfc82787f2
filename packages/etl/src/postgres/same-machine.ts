import type { Socket } from 'node:net';
import type pg from 'pg';

/** Whether the server of a session runs on this machine: both ends have one address, or, on a socket of the file system, none. */
export function isOnThisMachine(client: pg.Client): boolean {
  const { localAddress, remoteAddress } = (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream;
  return localAddress === remoteAddress;
}
