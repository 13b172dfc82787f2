import type { TablePlan } from '../../model.ts';
import { readColumns } from './columns.ts';
import type { SourceClient } from './connect.ts';
import { describeChanges, readMark } from './mark.ts';
import { measureColumns } from './measure-columns.ts';
import { planRelation, specOf, tryRead } from './plan-table.ts';
import { isAnother, type Relation, readRelation } from './relations.ts';
import { hasChangedMeanwhile, LastingError } from './source-error.ts';
import { begin } from './transaction.ts';

/** A table as the transaction that reads it sees it, and the plan that holds there. */
export interface Reading {
  readonly relation: Relation;
  readonly plan: TablePlan;
}

/** A table that is changed between the first look and the second is looked at again. */
const LOOKS = 10;

/**
 * Begins the transaction that reads a table. Where the table is not what was planned it is planned anew in here, and the notes say so.
 * Once it has been touched nobody changes it until the transaction ends; whether somebody did between the snapshot and that moment is
 * looked at afterwards.
 */
export async function beginReading(client: SourceClient, planned: TablePlan): Promise<Reading> {
  for (let look = 1; ; look++) {
    await begin(client);
    const reading = await tryLook(client, planned).catch((error: unknown) => {
      if (look === LOOKS || !hasChangedMeanwhile(error)) throw error;
    });
    if (reading) return reading;
    await client.query('rollback');
  }
}

async function tryLook(client: SourceClient, planned: TablePlan): Promise<Reading | undefined> {
  const relation = await readRelation(client, { schema: planned.from.schema ?? 'public', name: planned.from.name });
  if (!relation) throw unreadable(`${planned.table} cannot be read: it is gone since it was planned.`);
  const plan = await planFor(client, relation, planned);
  if (await isAnother(client, relation)) return undefined;
  const measured = await measureColumns(client, relation, plan);
  // The rows of every copy come in one order, so that a line that DuckDB refuses is found again by its number.
  if (relation.kind !== 'view') await client.query('set local max_parallel_workers_per_gather = 0');
  return { relation, plan: measured };
}

/** The plan that was made before, as long as it holds. */
async function planFor(client: SourceClient, relation: Relation, planned: TablePlan): Promise<TablePlan> {
  const columns = await readColumns(client, relation);
  const changes = planned.mark ? describeChanges(planned.mark, await readMark(client, relation, columns)) : [];
  if (changes.length === 0) {
    await tryRead(client, relation, planned.columns);
    return planned;
  }
  const anew = await planRelation(client, relation, columns, { spec: specOf(planned), target: planned.target, sample: planned.sample });
  if (!('columns' in anew)) throw unreadable(anew.reason);
  return { ...anew, notes: [...anew.notes, `It was planned anew when it was read: ${changes.join(', ')}.`] };
}

const unreadable = (says: string) =>
  new LastingError('TABLE_UNREADABLE', says, { hint: 'Look what became of it in the source, and start the load anew.' });
