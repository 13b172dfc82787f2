import { type Client, pageAll } from '@sluice/client';
import type { FlowRun } from '@sluice/core/model/flow-run';

/** Seconds that the last load of each table took, by the table's name in its source. Empty on a server that keeps no loads. */
export async function readLastLoads(client: Client): Promise<ReadonlyMap<string, number>> {
  const loads = await pageAll((page) => client.request('POST /table_loads/filter', { body: { newest: true, ...page } })).catch(() => []);
  return new Map(loads.map(({ source_table, table, seconds }) => [source_table ?? table, seconds]));
}

type Open = Pick<FlowRun, 'parameters' | 'estimated_run_time'>;

/**
 * How long so many workers still have with these tables. A table that was never loaded counts as the mean of those that were; null when
 * none was.
 */
export function secondsLeft(open: readonly Open[], lastLoads: ReadonlyMap<string, number>, workers: number): number | null {
  if (open.length === 0) return 0;
  const known = open.flatMap(({ parameters }) => lastLoads.get(String(parameters['table'])) ?? []);
  if (known.length === 0) return null;
  const mean = known.reduce((sum, seconds) => sum + seconds, 0) / known.length;
  const left = open.map(({ parameters, estimated_run_time }) =>
    Math.max(0, (lastLoads.get(String(parameters['table'])) ?? mean) - estimated_run_time),
  );
  const sum = left.reduce((all, seconds) => all + seconds, 0);
  // The last table is on one worker, however many there are.
  return Math.max(sum / Math.max(1, workers), ...left);
}
