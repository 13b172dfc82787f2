import { expectSettings, type RunContext } from '@sluice/sdk';
import type { PresentTable } from '../destinations/destination.ts';
import { otherSource } from '../destinations/other-source.ts';
import type { TableSpec, Unreadable } from '../model.ts';
import { pickTables } from '../names/pick-tables.ts';
import { formatName, parseName, type QualifiedName } from '../names/qualified-name.ts';
import { isSameSource } from '../names/same-source.ts';
import type { SourceTables } from '../sources/source.ts';
import { openSource } from '../sources/table.ts';
import { destinationOf } from './destination-of.ts';
import { placeInto } from './place-into.ts';
import { refuseTwins } from './refuse-twins.ts';

export interface JobRequest {
  /** The list that a person keeps. */
  readonly tables: readonly TableSpec[];
  /** A source whose tables are all taken instead of the list. */
  readonly source?: string | undefined;
  /** Tables of that source which are taken instead of all: each by its name, and the files that it is made of. */
  readonly named?: readonly NamedTable[] | undefined;
  /** Patterns of names, such as `public.orders,sales.*`. */
  readonly only?: string | undefined;
  /** The first so many. */
  readonly limit?: number | undefined;
  /** Path of the warehouse file; the home's own when left out. */
  readonly warehouse?: string | undefined;
  /** Schema of the warehouse to load into, instead of the source's own. */
  readonly into?: string | undefined;
  /** Also replace tables that were loaded from another source. */
  readonly overwrite?: boolean | undefined;
}

export type NamedTable = Required<Pick<TableSpec, 'name' | 'from'>>;

export type ListRequest = Pick<JobRequest, 'tables' | 'source' | 'named' | 'only' | 'into'>;

export interface Job {
  /** Names of the tables, in the order to start them: the largest first, where sizes are known. */
  readonly tables: readonly string[];
  readonly unreadable: readonly Unreadable[];
  /** Tables of the warehouse that were loaded from this source, which does not have them any more. */
  readonly gone: readonly string[];
}

/** Which tables a job loads. The body of a task: a job that is done again has the same tables. */
export async function planJob(request: JobRequest, { signal }: Pick<RunContext, 'signal'>): Promise<Job> {
  const { tables, source, named, only, limit, into } = request;
  const { home } = expectSettings();
  const found = await listTablesOf(home, request, signal);
  const chosen = found.tables.slice(0, limit);
  const present = await destinationOf(home, request.warehouse).present(signal);
  const sourceOf = (table: string) => source ?? tables.find(({ name }) => name === table)?.source ?? '';
  if (!request.overwrite) refuseOtherSources(chosen, present, { into, sourceOf });
  const listed = [...found.tables, ...found.unreadable.map(({ table }) => table)];
  const gone = source === undefined || named !== undefined || only !== undefined ? [] : tablesGone(listed, present, source, into);
  return { tables: chosen, unreadable: found.unreadable, gone };
}

/** Names of a job's tables, and what of its source is none. */
export async function listTablesOf(
  home: string,
  { tables, source, named, only, into }: ListRequest,
  signal: AbortSignal,
): Promise<Pick<Job, 'tables' | 'unreadable'>> {
  const list = source === undefined ? tables : named;
  const found: SourceTables =
    list === undefined ? await (await openSource(home, source ?? '')).list({ only, signal }) : { tables: pickFromList(list, only), unreadable: [] };
  refuseTwins(found.tables, into);
  return found;
}

const targetOf = (table: string, into: string | undefined): QualifiedName => placeInto(parseName(table) ?? { schema: '', name: table }, into);

const isAt = (target: QualifiedName) => (table: PresentTable) => table.schema === target.schema && table.name === target.name;

/** Before anything is read: the commit would refuse them one by one, after the work. */
function refuseOtherSources(
  chosen: readonly string[],
  present: readonly PresentTable[],
  { into, sourceOf }: { readonly into: string | undefined; readonly sourceOf: (table: string) => string },
): void {
  const taken = chosen.flatMap((table) => {
    const there = present.find(isAt(targetOf(table, into)));
    const source = sourceOf(table);
    return there && there.source !== null && !isSameSource(there.source, source) ? [{ there, source, standing: there.source }] : [];
  });
  const [first] = taken;
  if (first)
    throw otherSource(
      taken.map(({ there }) => formatName(there)),
      first.standing,
      first.source,
    );
}

function tablesGone(listed: readonly string[], present: readonly PresentTable[], source: string, into: string | undefined): string[] {
  const targets = listed.map((table) => targetOf(table, into));
  return present
    .filter((table) => table.source !== null && isSameSource(table.source, source) && !targets.some((target) => isAt(target)(table)))
    .filter(({ schema }) => into === undefined || schema === into || schema.startsWith(`${into}_`))
    .map(formatName);
}

function pickFromList(tables: readonly Pick<TableSpec, 'name'>[], only: string | undefined): string[] {
  if (only === undefined) return tables.map(({ name }) => name);
  // What is not a name is reported when the table is planned.
  const named = tables.map(({ name }) => ({ spec: name, ...(parseName(name) ?? { schema: '', name }) }));
  return pickTables(named, only).map(({ spec }) => spec);
}
