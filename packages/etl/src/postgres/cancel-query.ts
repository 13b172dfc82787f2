import { connect } from 'node:net';
import type pg from 'pg';

/** Number of the request that cancels a query, in the place of a protocol version. */
const CANCEL_REQUEST = 80877102;
const CANCEL_MS = 2000;

/** What the library knows of its session, and its types do not. */
interface Session {
  readonly processID: number | null;
  readonly secretKey: number | null;
  readonly connection: { readonly stream: { destroy(): void } };
}

/** Ends what the session does: on the server, which would otherwise finish a long aggregate for nobody, and then here. */
export function cancelQuery(client: pg.Client): void {
  const { processID, secretKey, connection } = client as unknown as Session;
  const hangUp = () => connection.stream.destroy();
  if (processID === null || secretKey === null) {
    hangUp();
    return;
  }
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(CANCEL_REQUEST, 4);
  request.writeInt32BE(processID, 8);
  request.writeInt32BE(secretKey, 12);
  const socket = client.host.startsWith('/') ? connect(`${client.host}/.s.PGSQL.${client.port}`) : connect(client.port, client.host);
  socket.setTimeout(CANCEL_MS, () => socket.destroy());
  socket.once('error', () => {});
  // The server answers by closing, when it has passed the request on.
  socket.once('close', hangUp);
  // It is left open, as libpq does: a PgBouncer that sees its end before it has passed the request on may end itself.
  socket.once('connect', () => socket.write(request));
}
