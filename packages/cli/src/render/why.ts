import type { FlowRun } from '@sluice/core/model/flow-run';
import type { Worker } from '@sluice/core/model/worker';
import { ago } from './ago.ts';

export type WhyRun = Pick<
  FlowRun,
  'state_type' | 'next_scheduled_start_time' | 'work_pool_name' | 'work_queue_name' | 'worker_name' | 'waiting_on' | 'empirical_policy'
>;

interface Slots {
  readonly concurrency_limit: number | null;
  readonly active_slots: number;
}

/** What is not in the run's record, as far as it was asked for. */
export interface WhyFacts {
  readonly pool?: Slots & { readonly is_paused: boolean };
  readonly queue?: Slots & { readonly is_paused: boolean };
  readonly deployment?: (Slots & { readonly name: string }) | undefined;
  readonly workers?: readonly Pick<Worker, 'status' | 'concurrency_limit' | 'active_slots'>[];
  /** Of the runs that it waits for, those that have not ended. */
  readonly openRuns?: number;
}

/** Why a run does not go on, in the words of the page (`packages/ui/public/why.js`); null for one that does, or may at once. */
export function whyItWaits(run: WhyRun, facts: WhyFacts, nowMs: number): string | null {
  if (run.waiting_on) return whyInProcess(run.waiting_on, facts);
  if (run.state_type === 'PENDING') return run.worker_name === null ? null : `${run.worker_name} starts its process`;
  return run.state_type === 'SCHEDULED' ? whyInQueue(run, facts, nowMs) : null;
}

function whyInProcess({ flow_runs, slot }: NonNullable<FlowRun['waiting_on']>, { openRuns: open = 0 }: WhyFacts): string {
  if (slot) return `waits for a slot of ${slot}`;
  const all = flow_runs?.length ?? 0;
  if (open === 0) return 'goes on in a moment';
  const runs = all === 1 ? '1 run' : `${all} runs`;
  return open === all ? `waits for ${runs}` : `waits for ${open} of ${runs}`;
}

const isFull = (slots: Slots | undefined): boolean =>
  slots !== undefined && slots.concurrency_limit !== null && slots.active_slots >= slots.concurrency_limit;

/** The same places that a claim looks at, in its order. */
function whyInQueue(run: WhyRun, { pool, queue, deployment, workers = [] }: WhyFacts, nowMs: number): string | null {
  const { next_scheduled_start_time: due, work_pool_name: poolName, work_queue_name: queueName } = run;
  if (due !== null && Date.parse(due) > nowMs + 1000) return `due ${ago(due, nowMs)}`;
  if (run.empirical_policy.retry_type === 'in_process') return null;
  if (poolName === null) return 'is in no work pool: no worker takes it';
  if (pool?.is_paused) return `work pool ${poolName} is paused`;
  if (queue?.is_paused) return `work queue ${queueName} of ${poolName} is paused`;
  const online = workers.filter(({ status }) => status === 'ONLINE');
  if (online.length === 0) return `no worker of ${poolName} is online`;
  if (isFull(pool)) return `waits for a slot of work pool ${poolName}`;
  if (isFull(queue)) return `waits for a slot of work queue ${queueName}`;
  if (deployment && isFull(deployment)) return `waits for a slot of deployment ${deployment.name}`;
  return online.every(hasNoRoom) ? 'waits for a free worker' : null;
}

/** A worker of Prefect's does not say. */
const hasNoRoom = ({ concurrency_limit, active_slots }: Pick<Worker, 'concurrency_limit' | 'active_slots'>): boolean =>
  concurrency_limit !== null && active_slots !== null && active_slots >= concurrency_limit;
