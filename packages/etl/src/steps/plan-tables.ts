import type { TablePlan, Unreadable } from '../model.ts';
import { type ListRequest, listTablesOf } from './plan-job.ts';
import { type PlanRequest, planFrom } from './plan-table.ts';

export interface PlansRequest extends ListRequest, Pick<PlanRequest, 'sample' | 'into' | 'read'> {
  /** The first so many. */
  readonly limit?: number | undefined;
}

/** How each table of a job would be read, one after the other, and what of its source is not read. Nothing is loaded. */
export async function* planTables(home: string, request: PlansRequest, signal: AbortSignal): AsyncGenerator<TablePlan | Unreadable> {
  const { tables, source, named, limit, sample, into, read } = request;
  const found = await listTablesOf(home, request, signal);
  for (const name of found.tables.slice(0, limit)) {
    const spec =
      source === undefined ? tables.find((table) => table.name === name) : { name, source, ...named?.find((table) => table.name === name) };
    if (spec) yield await planFrom(home, { ...spec, sample, into, read }, signal);
    signal.throwIfAborted();
  }
  yield* found.unreadable;
}
