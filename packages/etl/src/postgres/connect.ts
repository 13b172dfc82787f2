import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import pg from 'pg';
import { type Address, addressesOf } from './address/addresses.ts';
import type { Way } from './address/tls.ts';
import { cancelQuery } from './cancel-query.ts';
import { isOfKind, readServer, type Server } from './server.ts';
import { isNotThere, isRefusal, mayGoOtherwise, PasswordNeeded, sourceError } from './source-error.ts';

/** A session on a source, what its server says of itself, and what it is called there. */
export interface PostgresClient extends pg.Client {
  readonly server: Server;
  readonly applicationName: string;
  /** The host that it is on, of those of the source. */
  readonly address: Address;
  readonly way: Way;
}

export interface ConnectOptions {
  readonly signal?: AbortSignal | undefined;
}

const CONNECT_SECONDS = 15;

/**
 * A session on a source: on the first of its hosts that will do, encrypted or not as `sslmode` says. Nothing is set in it, for behind
 * a pool its connection is another client's a moment later: see `transaction.ts`. When `signal` is aborted its query is cancelled on
 * the server, and the connection closed.
 */
export async function connectPostgres(url: string, { signal }: ConnectOptions = {}): Promise<PostgresClient> {
  const { hosts, wanted } = addressesOf(url);
  const failures: SluiceError[] = [];
  // Who prefers a standby takes any server when there is none.
  for (const kind of wanted === 'prefer-standby' ? ([wanted, 'any'] as const) : [wanted]) {
    for (const address of hosts) {
      const client = await connectTo(address, signal).catch((error: unknown) => {
        if (hosts.length === 1 || !isNotThere(error)) throw error;
        failures.push(error);
      });
      if (client && isOfKind[kind](client.server)) return client;
      await client?.end();
      if (client && kind !== 'prefer-standby') failures.push(otherKind(address, kind));
    }
  }
  throw failures.length === 1 ? failures[0] : noneOf(failures);
}

const otherKind = ({ host, port }: Address, kind: string) =>
  new SluiceError('SOURCE_UNREACHABLE', `PostgreSQL at ${host}:${port} is not ${kind}, as target_session_attrs asks for.`, {
    hint: 'Name another host, or leave out target_session_attrs.',
  });

const noneOf = (failures: readonly SluiceError[]) =>
  new SluiceError('SOURCE_UNREACHABLE', `No host of the source can be used. ${[...new Set(failures.map(messageOf))].join(' ')}`, {
    hint: failures.at(-1)?.hint,
    cause: failures.at(-1),
  });

/** By the first of the ways that the server takes. */
async function connectTo(address: Address, signal: AbortSignal | undefined): Promise<PostgresClient> {
  const [first, ...others] = address.ways;
  let failure: unknown;
  for (const way of [first ?? false, ...others]) {
    try {
      return await open(address, way, signal);
    } catch (error) {
      // The first refusal says more than what came of trying otherwise.
      if (!isRefusal(failure)) failure = error;
      if (!mayGoOtherwise(error)) break;
    }
  }
  throw failure;
}

/** Another session on the same host, which no signal ends. */
export const connectBeside = ({ address, way }: PostgresClient): Promise<PostgresClient> => open(address, way, undefined);

async function open(address: Address, way: Way, signal: AbortSignal | undefined): Promise<PostgresClient> {
  signal?.throwIfAborted();
  const client = new pg.Client({
    host: address.host,
    port: address.port,
    user: address.user,
    database: address.database,
    // Asked for only when the server wants one.
    password: () => address.password ?? Promise.reject(new PasswordNeeded()),
    ssl: way,
    ...(address.options && { options: address.options }),
    connectionTimeoutMillis: 1000 * (address.timeout ?? CONNECT_SECONDS),
    keepAlive: true,
    // A host that is gone says nothing: a query on it ends within a minute.
    keepAliveInitialDelayMillis: 30_000,
  });
  // Errors reach whoever waits for a query; without a listener an idle connection that breaks would end the process.
  client.on('error', () => {});
  const stop = () => cancelQuery(client);
  signal?.addEventListener('abort', stop, { once: true });
  client.once('end', () => signal?.removeEventListener('abort', stop));
  try {
    await client.connect();
    const server = await readServer(client);
    return Object.assign(client, { server, applicationName: address.applicationName ?? 'sluice-etl', address, way });
  } catch (error) {
    await client.end().catch(() => {});
    signal?.throwIfAborted();
    throw sourceError(error, client);
  }
}
