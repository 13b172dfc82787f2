import { tmpdir } from 'node:os';
import type { DuckDBConnection } from '@duckdb/node-api';
import { loadExtension } from '../../duckdb/extensions.ts';
import { type LakeAddress, readLakeAddress } from '../../names/lake-address.ts';
import { openEngine } from '../../stage/engine.ts';
import { identifier, literal } from '../../types/sql.ts';
import { type Catalog, catalogOf } from './catalog.ts';
import { isNotThere, lakeFault } from './errors.ts';
import { Lake } from './lake.ts';
import { isRemote, s3Secret } from './storage.ts';

/** A lake by its name in runs, and what finds the URL of its catalog, with the password. */
export interface Place {
  readonly name: string;
  readonly find: () => Promise<string>;
}

export interface OpenOptions {
  /** `make`: it is made where it is not there. */
  readonly access: 'read' | 'write' | 'make';
  /** For what does not fit into memory. */
  readonly temp?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** A moment of the past: number of a snapshot, or an instant. */
  readonly at?: At | undefined;
  /** The table that is meant, in what is told of a fault. */
  readonly table?: string | undefined;
}

export type At = { readonly version: string } | { readonly instant: string };

/** Other tables' commits come in between: each is one more try, of the catalog's rows alone. */
const RETRIES = 'set ducklake_max_retry_count = 60; set ducklake_retry_wait_ms = 20; set ducklake_retry_backoff = 1.1';

/** Attaches a lake for the time of `work`. */
export async function openLake<T>({ name, find }: Place, options: OpenOptions, work: (lake: Lake) => Promise<T>): Promise<T> {
  const { temp = tmpdir(), signal = new AbortController().signal, table = null } = options;
  const address = readLakeAddress(name);
  const catalog = catalogOf(await find());
  signal.throwIfAborted();
  using engine = await openEngine(temp, signal);
  const { connection } = engine;
  try {
    const lake = await attach(connection, address, catalog, options);
    const result = await work(lake);
    if (options.at === undefined && (await detach(connection))) engine.keep();
    return result;
  } catch (error) {
    signal.throwIfAborted();
    const fault = await lakeFault(error, { address, catalog, table });
    // The first load looks for its lake twice before it makes it.
    if (isNotThere(fault) && (await detach(connection))) engine.keep();
    throw fault;
  }
}

async function attach(connection: DuckDBConnection, address: LakeAddress, catalog: Catalog, options: OpenOptions): Promise<Lake> {
  const { access, at, signal } = options;
  await loadExtension(connection, 'postgres');
  await loadExtension(connection, 'ducklake');
  if (address.dataPath !== undefined && isRemote(address.dataPath)) await openStore(connection);
  await connection.run(RETRIES);
  if (catalog.password !== undefined)
    await connection.run(`create or replace secret lake_catalog (type postgres, password ${literal(catalog.password)})`);
  const parts = [
    `metadata_schema ${literal(address.schema)}`,
    ...(catalog.password === undefined ? [] : ["meta_secret 'lake_catalog'"]),
    ...(access === 'read' ? ['read_only'] : ['data_inlining_row_limit 0']),
    ...(access === 'make' ? [] : ['create_if_not_exists false']),
    ...(address.dataPath === undefined ? [] : [`data_path ${literal(address.dataPath)}`]),
    ...(at === undefined ? [] : [momentOf(at)]),
  ];
  await connection.run(`attach ${literal(`ducklake:postgres:${catalog.conninfo}`)} as warehouse (${parts.join(', ')})`);
  const [facts] = (await connection.runAndReadAll("select data_path from ducklake_settings('warehouse')")).getRowObjectsJson();
  const dataPath = String(facts?.['data_path']);
  if (address.dataPath === undefined && isRemote(dataPath)) await openStore(connection);
  return new Lake(connection, { dataPath, schema: address.schema }, signal);
}

const momentOf = (at: At): string => ('version' in at ? `snapshot_version ${at.version}` : `snapshot_time ${literal(at.instant)}`);

async function openStore(connection: DuckDBConnection): Promise<void> {
  await loadExtension(connection, 'httpfs');
  await connection.run(s3Secret('lake_store'));
}

/** Lets go of the lake and its secrets; false where that fails. To load the extensions again would take as long as a small commit. */
async function detach(connection: DuckDBConnection): Promise<boolean> {
  try {
    await connection.run('detach database if exists warehouse');
    for (const secret of ['lake_catalog', 'lake_store']) await connection.run(`drop secret if exists ${identifier(secret)}`);
    return true;
  } catch {
    return false;
  }
}
