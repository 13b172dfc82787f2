import type pg from 'pg';
import type { SessionKind } from './address/addresses.ts';

/** What a server says of itself when a session begins. */
export interface Server {
  /** As in `server_version_num`. */
  readonly version: number;
  readonly encoding: string;
  /** It follows another one. */
  readonly standby: boolean;
  readonly read_only: boolean;
}

const SERVER = `
  select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding, pg_is_in_recovery() as standby,
         pg_is_in_recovery() or current_setting('default_transaction_read_only')::bool as read_only`;

export async function readServer(client: pg.Client): Promise<Server> {
  const { rows } = await client.query<Server>(SERVER);
  const [server] = rows;
  if (!server) throw new Error('the server says nothing of itself');
  return server;
}

/** Whether a server is of the kind that `target_session_attrs` asks for. */
export const isOfKind: { readonly [kind in SessionKind]: (server: Server) => boolean } = {
  any: () => true,
  'read-write': ({ read_only }) => !read_only,
  'read-only': ({ read_only }) => read_only,
  primary: ({ standby }) => !standby,
  standby: ({ standby }) => standby,
  'prefer-standby': ({ standby }) => standby,
};
