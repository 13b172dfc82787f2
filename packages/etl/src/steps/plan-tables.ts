import type { TablePlan, Unreadable } from '../model.ts';
import { destinationOf } from './destination-of.ts';
import { type ListRequest, listTablesOf } from './plan-job.ts';
import { type PlanRequest, planFor } from './plan-table.ts';

export interface PlansRequest extends ListRequest, Pick<PlanRequest, 'sample' | 'into' | 'read'> {
  /** The first so many. */
  readonly limit?: number | undefined;
  /** Path of the warehouse file; the home's own when left out. */
  readonly warehouse?: string | undefined;
}

/** How each table of a job would be read, one after the other, and what of its source is not read. Nothing is loaded. */
export async function* planTables(home: string, request: PlansRequest, signal: AbortSignal): AsyncGenerator<TablePlan | Unreadable> {
  const { tables, source, named, limit, sample, into, read, warehouse } = request;
  const destination = destinationOf(home, warehouse);
  const found = await listTablesOf(home, request, signal);
  for (const name of found.tables.slice(0, limit)) {
    const spec =
      source === undefined ? tables.find((table) => table.name === name) : { name, source, ...named?.find((table) => table.name === name) };
    if (spec) yield await planFor(destination, home, { ...spec, sample, into, read }, { signal });
    signal.throwIfAborted();
  }
  yield* found.unreadable;
}
