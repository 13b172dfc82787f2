import { type FlowRunHandle, flow, runDeployment, task, waitForFlowRuns } from '@sluice/sdk';
import { z } from 'zod';
import type { TableSpec } from '../model.ts';
import { keepSnapshots } from '../steps/keep-snapshots.ts';
import { planJob } from '../steps/plan-job.ts';
import type { defineCleanupFlow1, defineCleanupFlow2 } from './cleanup-flows.ts';
import { DEPLOYMENTS } from './deployments.ts';
import { loadOptions } from './load-options.ts';
import type { defineProcessTableEtl } from './process-table-etl.ts';

import { findTable } from './table-list.ts';

const params = z.object({
  limit: z.int().positive().optional().describe('Take only the first so many tables.'),
  source: z.string().optional().describe('Load every table of this source instead of those in the list.'),
  named: z
    .array(z.object({ name: z.string(), from: z.string() }))
    .optional()
    .describe('Of that source only these tables, each made of the files that are named.'),
  only: z.string().optional().describe('Only the tables that these patterns match, such as public.orders,sales.*'),
  snapshot: z.boolean().default(false).describe('Read all tables of a database in one snapshot.'),
  ...loadOptions,
});

/** Which tables: decided once, so that a job that is done again starts no others. */
const plan = task({ name: 'plan-job' }, planJob);

/** How often tables are read again that a lost snapshot has left apart from the others. */
const ROUNDS = 3;

interface Flows {
  readonly processTableEtl: ReturnType<typeof defineProcessTableEtl>;
  readonly cleanupFlow1: ReturnType<typeof defineCleanupFlow1>;
  readonly cleanupFlow2: ReturnType<typeof defineCleanupFlow2>;
}

/**
 * The job: one flow run for each table, on whatever worker is free, then the two clean-ups. While it waits it lends its place to
 * the tables. Started again after a crash it finds the runs it has made; retried, it runs those that failed.
 */
export const defineMainEtl = (tables: readonly TableSpec[], { processTableEtl, cleanupFlow1, cleanupFlow2 }: Flows, file: string) =>
  flow({ name: 'main-etl-job', params, file }, async ({ limit, source, named, only, snapshot, ...options }, context) => {
    const { run, log, progress } = context;
    const job = await plan({ tables, source, named, only, limit, ...options });
    progress({ done: 0, total: job.tables.length });
    const sources = job.tables.map((table) => findTable(tables, table, source).source);
    await using snapshots = await keepSnapshots(snapshot ? sources : [], context);
    const load = (table: string, idempotencyKey?: string) =>
      runDeployment(
        processTableEtl.deployment(DEPLOYMENTS.processTableEtl),
        { table, source, from: named?.find(({ name }) => name === table)?.from, ...options, ...(snapshot && { snapshot: run.flow_run_id }) },
        { timeout: 0, tags: [table], ...(idempotencyKey !== undefined && { idempotencyKey }) },
      );
    const runs: FlowRunHandle[] = [];
    // One after the other: they start in the order of the list.
    for (const table of job.tables) runs.push(await load(table));
    log.info('started', { tables: runs.length });
    const done = [...(await waitForFlowRuns(runs, { onProgress: progress }))];
    for (let round = 0; round < ROUNDS; round++) {
      const apart = await snapshots.apart(sources.map((name, place) => ({ source: name, run: done[place] as FlowRunHandle })));
      if (apart.length === 0) break;
      const again: FlowRunHandle[] = [];
      for (const { place, snapshot: held } of apart) {
        const table = job.tables[place] as string;
        again.push(await load(table, `${run.flow_run_id} ${table} ${held}`));
      }
      for (const [index, each] of (await waitForFlowRuns(again)).entries()) done[apart[index]?.place ?? -1] = each;
    }

    // The clean-ups run whatever became of the tables, and again when the job is retried.
    const { warehouse } = options;
    const again = { timeout: 0, idempotencyKey: `${run.flow_run_id} attempt ${run.attempt}` };
    const cleanups = await Promise.all([
      runDeployment(cleanupFlow1.deployment(DEPLOYMENTS.cleanupFlow1), { warehouse }, again),
      runDeployment(
        cleanupFlow2.deployment(DEPLOYMENTS.cleanupFlow2),
        { main: run.flow_run_id, warehouse, unreadable: [...job.unreadable], gone: [...job.gone] },
        again,
      ),
    ]);
    const cleaned = await waitForFlowRuns(cleanups);

    const failed = [...done, ...cleaned].filter(({ flow_run }) => flow_run.state_type !== 'COMPLETED');
    if (failed.length > 0)
      throw new Error(`${failed.length} of ${done.length + cleaned.length} runs are not done: ${failed.map(describe).join(', ')}.`);
    return { tables: done.length, unreadable: job.unreadable.length };
  });

const describe = ({ name, flow_run }: FlowRunHandle) => `${flow_run.parameters['table'] ?? name} (${flow_run.state_name})`;
