import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { SharedSnapshot, TablePlan } from '../../model.ts';
import { describeChanges } from '../../names/describe-changes.ts';
import type { PostgresClient } from '../../postgres/connect.ts';
import { hasChangedMeanwhile } from '../../postgres/source-error.ts';
import { begin } from '../../postgres/transaction.ts';
import { readColumns } from './columns.ts';
import { joinSnapshot, type SnapshotRequest } from './join-snapshot.ts';
import { readMark } from './mark.ts';
import { measureColumns } from './measure-columns.ts';
import { isOnPlace, planRelation, specOf, tryRead } from './plan-table.ts';
import { isAnother, type Relation, readRelation } from './relations.ts';

/** A table as the transaction that reads it sees it, and the plan that holds there. */
export interface Reading {
  readonly relation: Relation;
  readonly plan: TablePlan;
  /** What other tables of the job are read in too. */
  readonly snapshot: SharedSnapshot | undefined;
}

/** A table that is changed between the first look and the second is looked at again. */
const LOOKS = 10;

/**
 * Begins the transaction that reads a table. Where the table is not what was planned it is planned again in here, and the notes say so.
 * Once it has been touched nobody changes it until the transaction ends; whether somebody did between the snapshot and that moment is
 * looked at afterwards.
 */
export async function beginReading(client: PostgresClient, planned: TablePlan, shared?: SnapshotRequest): Promise<Reading> {
  if (!shared) return await readAlone(client, planned);
  const snapshot = await joinSnapshot(client, shared);
  const looked = snapshot && (await lookOnce(client, planned, snapshot));
  if (looked) return { ...looked, snapshot };
  const alone = await readAlone(client, planned);
  const why = snapshot ? 'it was changed after that was taken' : 'no session holds one';
  return { ...alone, plan: { ...alone.plan, notes: [...alone.plan.notes, `It is not in the snapshot that other tables share: ${why}.`] } };
}

async function readAlone(client: PostgresClient, planned: TablePlan): Promise<Reading> {
  for (let look = 0; look < LOOKS; look++) {
    await begin(client);
    const looked = await lookOnce(client, planned);
    if (looked) return { ...looked, snapshot: undefined };
  }
  throw new SluiceError('TABLE_UNREADABLE', `${planned.table} cannot be read: it keeps changing.`, {
    hint: 'Try again when nobody alters, truncates or recreates it.',
  });
}

/** Undefined, and no transaction any more, where the table is not any more what the snapshot shows. */
async function lookOnce(client: PostgresClient, planned: TablePlan, snapshot?: SharedSnapshot): Promise<Omit<Reading, 'snapshot'> | undefined> {
  try {
    const looked = await tryLook(client, planned, snapshot);
    if (looked) return looked;
  } catch (error) {
    if (!hasChangedMeanwhile(error)) throw error;
  }
  await client.query('rollback');
  return undefined;
}

async function tryLook(client: PostgresClient, planned: TablePlan, snapshot?: SharedSnapshot): Promise<Omit<Reading, 'snapshot'> | undefined> {
  const relation = await readRelation(client, { schema: planned.from.schema ?? 'public', name: planned.from.name });
  // A table may be younger than the snapshot.
  if (!relation && snapshot) return undefined;
  if (!relation) throw unreadable(`${planned.table} cannot be read: it has disappeared since it was planned.`);
  const plan = await planFor(client, relation, planned);
  if (await isAnother(client, relation)) return undefined;
  const measured = await measureColumns(client, relation, plan);
  // The rows of every copy come in one order, so that a line that DuckDB refuses is found again by its number.
  if (relation.kind !== 'view') await client.query('set local max_parallel_workers_per_gather = 0');
  return { relation, plan: measured };
}

/** The plan that was made before, as long as it holds. */
async function planFor(client: PostgresClient, relation: Relation, planned: TablePlan): Promise<TablePlan> {
  const columns = await readColumns(client, relation);
  const changes = planned.mark ? describeChanges(planned.mark, await readMark(client, relation, columns)) : [];
  if (changes.length === 0) {
    await tryRead(client, relation, planned.columns);
    return planned;
  }
  const anew = await planRelation(client, relation, columns, { spec: specOf(planned), target: planned.target, sample: planned.sample });
  if (!('columns' in anew)) throw unreadable(anew.reason);
  const place = planned.notes.filter(isOnPlace);
  const others = anew.notes.filter((note) => !isOnPlace(note));
  return { ...anew, notes: [...place, ...others, `It was planned again when it was read: ${changes.join(', ')}.`] };
}

const unreadable = (says: string) =>
  new SluiceError('TABLE_UNREADABLE', says, { hint: 'Check what became of it in the source, and start the load again.', lasting: true });
