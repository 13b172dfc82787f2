import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Database } from '../db/database.ts';
import { insertWorkPool, insertWorkQueue, readPoolId, readQueueId } from '../store/work-pools.ts';
import { missing } from './found.ts';

/** Queues that name no pool are of this one, which is made when it is first needed. Prefect 2's agents ask it for runs. */
export const AGENT_POOL = 'default-agent-pool';

interface Place {
  readonly work_pool_name?: string | null | undefined;
  readonly work_queue_name?: string | null | undefined;
}

type Lookup = Pick<{ readonly database: Database; readonly newId: () => string }, 'database' | 'newId'>;

/** The queue that a deployment names; undefined when it names none. An unknown pool is an error, an unknown queue is made. */
export async function placeOf(lookup: Lookup, { work_pool_name, work_queue_name }: Place): Promise<string | undefined> {
  if (work_pool_name) return queueFor(lookup, work_pool_name, work_queue_name ?? null);
  if (!work_queue_name) return undefined;
  await agentPool(lookup);
  return queueFor(lookup, AGENT_POOL, work_queue_name);
}

/** The pool of queues that name none. */
export async function agentPool({ database, newId }: Lookup): Promise<string> {
  const known = await readPoolId(database.sql, AGENT_POOL);
  if (known) return known;
  const pool = { name: AGENT_POOL, type: 'prefect-agent', base_job_template: {}, is_paused: false };
  await database.transaction((tx) => insertWorkPool(tx, newId(), newId(), pool));
  return (await readPoolId(database.sql, AGENT_POOL)) as string;
}

async function queueFor({ database, newId }: Lookup, pool: string, queue: string | null): Promise<string> {
  const { sql } = database;
  const poolId = await readPoolId(sql, pool);
  if (!poolId) throw missing(`Work pool "${pool}"`, `Make it with: sluice work-pool create ${pool}`);
  const known = await readQueueId(sql, pool, queue);
  if (known) return known;
  if (queue === null) throw new SluiceError('CONFLICT', `Work pool "${pool}" has no default queue.`, { hint: 'Name a queue.' });
  await database.transaction((tx) => insertWorkQueue(tx, newId(), poolId, { name: queue, is_paused: false }));
  return (await readQueueId(sql, pool, queue)) as string;
}
