import { SluiceError } from '@sluice/core/errors/sluice-error';
import { expectSettings, type RunContext } from '@sluice/sdk';
import type { Destination } from '../destinations/destination.ts';
import { destinationAt } from '../destinations/table.ts';
import { copyFolder, loadId, noteLoad, PIPELINE } from '../home.ts';
import type { Lane, ReadOptions, StepContext, TablePlan, TableSpec, Unreadable, VerifyLevel } from '../model.ts';
import type { PlanOptions } from '../sources/source.ts';
import { openSource } from '../sources/table.ts';
import { warehouseOf } from './destination-of.ts';
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
  /** How the rows of PostgreSQL are to come: see `Extraction`. */
  readonly lane?: Lane | undefined;
  /** Path of the warehouse file; the home's own when left out. */
  readonly warehouse?: string | undefined;
  /** How files are written, where the guess is wrong. */
  readonly read?: ReadOptions | undefined;
}

export type PlanRequest = Omit<TableRequest, 'verify' | 'warehouse' | 'overwrite' | 'snapshot' | 'lane'>;

/** What the next steps go by. */
export interface PlannedTable {
  readonly table: string;
  /** What was asked for, to plan again when the source is not what was planned any more. */
  readonly request: TableRequest;
  readonly plan: Packed<TablePlan>;
  readonly verify: VerifyLevel;
  readonly warehouse: string;
  readonly overwrite?: boolean | undefined;
  readonly snapshot?: string | undefined;
  readonly lane?: Lane | undefined;
}

/** Decides how a table is read, from what the source says of it now. The body of a task: a run that is done again keeps its plan. */
export async function planTable(request: TableRequest, context: PlanContext): Promise<PlannedTable> {
  const { signal, log } = context;
  const { verify, warehouse, overwrite, snapshot, lane, ...asked } = request;
  const { home } = expectSettings();
  const file = warehouseOf(home, warehouse);
  const destination = destinationAt(file, home);
  destination.expectUsable();
  const plan = await planFor(destination, home, asked, { signal, copies: copiesFor(home, request.name, context) });
  if (!('columns' in plan)) throw unreadable(plan);
  // On the terminal they stand before the table is read.
  for (const note of plan.notes) log.warn(`${plan.table}: ${note}`);
  return { table: plan.table, request, plan: pack(plan), overwrite, snapshot, lane, verify, warehouse: file };
}

type PlanContext = Pick<StepContext, 'signal' | 'log'> & Partial<Pick<RunContext, 'run'>>;

/** Where the same try of the flow run will look for them when it extracts. */
const copiesFor = (home: string, table: string, { run }: PlanContext): PlanOptions['copies'] =>
  run &&
  (async () => {
    const load_id = loadId(PIPELINE, table, run.flow_run_id, run.attempt);
    await noteLoad(home, { load_id, table, flow_run_id: run.flow_run_id });
    return copyFolder(home, load_id);
  });

/** How a table would be read for a destination, or why it cannot be. */
export async function planFor(
  destination: Pick<Destination, 'placeFault'>,
  home: string,
  { sample, into, read, ...spec }: PlanRequest,
  options: Pick<PlanOptions, 'signal' | 'copies'>,
): Promise<TablePlan | Unreadable> {
  const source = await openSource(home, spec.source);
  const plan = await source.plan(spec, { sample, read, ...options });
  if (!('columns' in plan)) return plan;
  const target = placeInto(plan.target, into);
  const fault = destination.placeFault(plan.table, target, plan.columns) ?? planFault(plan.columns.length, pack(plan));
  if (fault !== null) return { table: plan.table, reason: fault };
  return { ...plan, target, notes: [...plan.notes, ...noteOnPlace(target, into)] };
}

/** Another try would read the same: the run fails at once, with the reason. */
function unreadable({ table, reason }: Unreadable): SluiceError {
  const says = reason.startsWith(table) || reason.includes('cannot be read');
  return new SluiceError('TABLE_UNREADABLE', says ? reason : `${table} cannot be read: ${reason}`, {
    lasting: true,
    hint: 'The other tables are loaded all the same. Correct this one, and load it alone with --only.',
  });
}
