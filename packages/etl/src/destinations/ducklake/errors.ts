import { isSluiceError, messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import type { LakeAddress } from '../../names/lake-address.ts';
import { withSession } from '../../postgres/session.ts';
import { commitFault, saysOf, toError } from '../duckdb-faults.ts';
import { unreachable } from '../unreachable.ts';
import type { Catalog } from './catalog.ts';

/** Whether another commit has come first: all of it is done again, from what stands there now. */
export const isConflict = (error: unknown): boolean => /Transaction conflict|Exceeded the maximum retry count/i.test(messageOf(error));

/** Whether there is no lake in that schema of the database. */
export const isNotThere = (error: unknown): boolean => isSluiceError(error) && error.code === 'NOT_FOUND';

/** A lake of others, into which nothing was loaded yet. */
export class NoLedger extends Error {}

interface Met {
  readonly address: LakeAddress;
  readonly catalog: Catalog;
  readonly table: string | null;
}

const AS_BEFORE = 'The lake is as it was before.';

interface Known {
  readonly code: 'INVALID_SETTING' | 'FORBIDDEN' | 'WAREHOUSE_UNREACHABLE' | 'NOT_FOUND' | 'USAGE';
  readonly says: (met: Met, says: string) => string;
  readonly hint: string;
}

/** By what DuckDB says. */
const KNOWN: readonly (readonly [pattern: RegExp, known: Known])[] = [
  [
    /creating a new DuckLake is explicitly disabled/,
    {
      code: 'NOT_FOUND',
      says: ({ address }) => `There is no lake in the schema "${address.schema}" of that database.`,
      hint: 'It is made by the first load, into the folder that data_path names: sluice etl --warehouse "ducklake:postgres://…?data_path=/folder". Another schema is named by metadata_schema.',
    },
  ],
  [
    /No snapshot found/,
    {
      code: 'USAGE',
      says: () => 'The lake has no snapshot of that moment: it is before its first one, or has been let go.',
      hint: 'Those that it has: sluice query "select snapshot_id, snapshot_time from warehouse.snapshots()"',
    },
  ],
  [
    /DATA_PATH parameter "[^"]*" does not match existing data path in the catalog "([^"]*)"/,
    {
      code: 'INVALID_SETTING',
      says: ({ address }, says) => `The lake does not keep its files in ${address.dataPath}, but in ${/in the catalog "([^"]*)"/.exec(says)?.[1]}.`,
      hint: 'Write that one as data_path, or leave it out; for another lake name another metadata_schema.',
    },
  ],
  [
    /catalog version|DuckLake .*version/i,
    {
      code: 'INVALID_SETTING',
      says: (_, says) => `The catalog of the lake is of another version of DuckLake: ${says}.`,
      hint: 'An older one is brought up to date by DuckDB: attach it there once with AUTOMATIC_MIGRATION true. A newer one needs a newer Sluice.',
    },
  ],
  [
    /permission denied for|must be owner of|cannot execute .* in a read-only transaction/i,
    {
      code: 'FORBIDDEN',
      says: (_, says) =>
        `The role of the lake's catalog may not do that: ${/(?:permission denied for|must be owner of|cannot execute) [^\n]*/i.exec(says)?.[0]}.`,
      hint: 'Let the owner of the database grant create on it, and all on the schema of the catalog and its tables, to that role. Name the primary server, not a standby.',
    },
  ],
  [
    /(?:Permission denied|Operation not permitted|Read-only file system|EACCES|EPERM|EROFS|Failed to create directory|Cannot open file|Could not open file)/,
    {
      code: 'FORBIDDEN',
      says: ({ address }, says) =>
        `The files of the lake ${address.dataPath ? `in ${address.dataPath} ` : ''}cannot be read or written here: ${says}.`,
      hint: `Each worker needs the same folder, and the right to write in it: mount it there, or use data_path=s3://bucket/prefix. ${AS_BEFORE}`,
    },
  ],
  [
    /HTTP (?:Error|GET|PUT|POST|HEAD)|Could not establish connection|S3|SSL connection|curl/i,
    {
      code: 'WAREHOUSE_UNREACHABLE',
      says: (_, says) => `The object store of the lake does not do what it is asked: ${says}.`,
      hint: `Look at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and AWS_ENDPOINT_URL of the worker, and at the bucket. ${AS_BEFORE}`,
    },
  ],
];

/** What has kept something from being done with a lake, in one sentence with its next step. */
export async function lakeFault(error: unknown, met: Met): Promise<unknown> {
  const known = toError(error);
  if (isSluiceError(known)) return known;
  if (isConflict(error) || error instanceof NoLedger) return error;
  if (isOfCatalog(error)) return await askCatalog(error, met);
  const message = messageOf(error);
  const found = KNOWN.find(([pattern]) => pattern.test(message))?.[1];
  if (found) return new SluiceError(found.code, found.says(met, saysOf(error)), { hint: found.hint, cause: error });
  return met.table === null ? error : commitFault(error, met.table);
}

/** Words of libpq, and of the extension that uses it. */
const isOfCatalog = (error: unknown): boolean =>
  /Unable to connect to Postgres|connection to server|server closed the connection|terminating connection|no connection to the server|could not (?:receive|send) data/i.test(
    messageOf(error),
  );

/** A session of our own says why, in the words of every warehouse in PostgreSQL; where it finds nothing, the connection was lost. */
async function askCatalog(error: unknown, { catalog }: Met): Promise<unknown> {
  try {
    await withSession(catalog.url, AbortSignal.timeout(30_000), (client) => client.query('select 1'));
  } catch (cause) {
    return unreachable(cause);
  }
  const [says] = /(?:FATAL|ERROR): +[^\n]*/.exec(messageOf(error)) ?? ['the connection was lost'];
  return new SluiceError('WAREHOUSE_UNREACHABLE', `The catalog of the lake was lost on the way: ${says}.`, {
    hint: 'Try again: whether the load was committed before that is told by the ledger, and it is never committed twice.',
    cause: error,
  });
}
