import { SluiceError } from '@sluice/core/errors/sluice-error';
import { expectSettings } from '@sluice/sdk';
import { placeFault } from '../destinations/duckdb/place-fault.ts';
import { expectWarehousePath } from '../destinations/duckdb/warehouse-path.ts';
import { etlPaths } from '../home.ts';
import type { ReadOptions, StepContext, TablePlan, TableSpec, Unreadable, VerifyLevel } from '../model.ts';
import { planFile } from '../sources/files/plan-file.ts';
import { findSource } from '../sources/locations.ts';
import { planPostgresTable } from '../sources/postgres/plan-table.ts';
import { withSession } from '../sources/postgres/session.ts';
import { type Packed, pack, planFault } from './packed.ts';
import { noteOnPlace, placeInto } from './place-into.ts';

/** A table to load, and how. */
export interface TableRequest extends TableSpec {
  readonly verify: VerifyLevel;
  readonly sample: number;
  /** Schema of the warehouse to load into, instead of the source's own. */
  readonly into?: string | undefined;
  /** Replace a table also where it was loaded from another source. */
  readonly overwrite?: boolean | undefined;
  /** The job in whose snapshot it is read: the id of its flow run. */
  readonly snapshot?: string | undefined;
  /** Path of the warehouse file; the home's own when left out. */
  readonly warehouse?: string | undefined;
  /** How files are written, where the guess is wrong. */
  readonly read?: ReadOptions | undefined;
}

export type PlanRequest = Omit<TableRequest, 'verify' | 'warehouse' | 'overwrite' | 'snapshot'>;

/** What the next steps go by. */
export interface PlannedTable {
  readonly table: string;
  /** What was asked for, to plan anew when the source is not what was planned any more. */
  readonly request: TableRequest;
  readonly plan: Packed<TablePlan>;
  readonly verify: VerifyLevel;
  readonly warehouse: string;
  readonly overwrite?: boolean | undefined;
  readonly snapshot?: string | undefined;
}

/** Decides how a table is read, from what the source says of it now. The body of a task: a run that is done again keeps its plan. */
export async function planTable(request: TableRequest, { signal, log }: Pick<StepContext, 'signal' | 'log'>): Promise<PlannedTable> {
  const { verify, warehouse, overwrite, snapshot, ...asked } = request;
  const { home } = expectSettings();
  const file = warehouse ?? etlPaths(home).warehouse;
  expectWarehousePath(file);
  const plan = await planFrom(home, asked, signal);
  if (!('columns' in plan)) throw unreadable(plan);
  // On the terminal they stand before the table is read.
  for (const note of plan.notes) log.warn(`${plan.table}: ${note}`);
  return { table: plan.table, request, plan: pack(plan), overwrite, snapshot, verify, warehouse: file };
}

/** How a table would be read, or why it cannot be. */
export async function planFrom(home: string, { sample, into, read, ...spec }: PlanRequest, signal: AbortSignal): Promise<TablePlan | Unreadable> {
  const location = await findSource(home, spec.source);
  const plan =
    location.kind === 'postgres'
      ? await planFromPostgres(location.url, spec, sample, signal)
      : await planFile(location.folder, spec, { sample, read });
  if (!('columns' in plan)) return plan;
  const target = placeInto(plan.target, into);
  const fault = placeFault(plan.table, target) ?? planFault(plan.columns.length, pack(plan));
  if (fault !== null) return { table: plan.table, reason: fault };
  return { ...plan, target, notes: [...plan.notes, ...noteOnPlace(target, into)] };
}

async function planFromPostgres(url: string, spec: TableSpec, sample: number, signal: AbortSignal): Promise<TablePlan | Unreadable> {
  if (spec.csv || spec.types || spec.partitions)
    return { table: spec.name, reason: 'It is a table of PostgreSQL: csv, types and partitions are for files only.' };
  return await withSession(url, signal, (client) => planPostgresTable(client, spec, { sample }));
}

/** Another try would read the same: the run fails at once, with the reason. */
function unreadable({ table, reason }: Unreadable): SluiceError {
  const says = reason.startsWith(table) || reason.includes('cannot be read');
  return new SluiceError('TABLE_UNREADABLE', says ? reason : `${table} cannot be read: ${reason}`, { lasting: true });
}
