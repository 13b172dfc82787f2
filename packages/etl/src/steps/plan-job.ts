import { expectSettings, type RunContext } from '@sluice/sdk';
import type { TableSpec, Unreadable } from '../model.ts';
import { listFiles } from '../sources/files/list-files.ts';
import { findSource } from '../sources/locations.ts';
import { pickTables } from '../sources/pick-tables.ts';
import { connectPostgres } from '../sources/postgres/connect.ts';
import { listPostgresTables } from '../sources/postgres/list-tables.ts';
import { parseName } from '../sources/postgres/table-name.ts';

export interface JobRequest {
  /** The list that a person keeps. */
  readonly tables: readonly TableSpec[];
  /** A source whose tables are all taken instead of the list. */
  readonly source?: string | undefined;
  /** Patterns of names, such as `public.orders,sales.*`. */
  readonly only?: string | undefined;
  /** The first so many. */
  readonly limit?: number | undefined;
}

export interface Job {
  /** Names of the tables, in the order to start them: the largest first, where sizes are known. */
  readonly tables: readonly string[];
  readonly unreadable: readonly Unreadable[];
}

/** Which tables a job loads. The body of a task: a job that is done again has the same tables. */
export async function planJob({ tables, source, only, limit }: JobRequest, { signal }: Pick<RunContext, 'signal'>): Promise<Job> {
  const job = source === undefined ? { tables: pickFromList(tables, only), unreadable: [] } : await listSource(source, only, signal);
  return { ...job, tables: job.tables.slice(0, limit) };
}

function pickFromList(tables: readonly TableSpec[], only: string | undefined): string[] {
  if (only === undefined) return tables.map(({ name }) => name);
  // What is no name is told of when the table is planned.
  const named = tables.map(({ name }) => ({ spec: name, ...(parseName(name) ?? { schema: '', name }) }));
  return pickTables(named, only).map(({ spec }) => spec);
}

async function listSource(source: string, only: string | undefined, signal: AbortSignal): Promise<Job> {
  const location = await findSource(expectSettings().home, source);
  if (location.kind === 'files') return listFiles(location.folder, { only });
  const client = await connectPostgres(location.url, { signal });
  try {
    return await listPostgresTables(client, { only });
  } finally {
    await client.end();
  }
}
