import { spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { toMicros } from '@sluice/core/lib/time';
import { deploy } from '@sluice/sdk';
import { firstLine } from './flows/bench-flows.ts';
import { median, ms, print, quantile } from './support/figures.ts';
import { startStack } from './support/stack.ts';

/** From the moment a run is due to the first line of its body, on a warm worker; against a bare Node process that does nothing. */
const RUNS = 40;
/** Nobody asks for the run meanwhile; and a worker needs this to have another process ready: the figure is about a warm one. */
const BETWEEN_MS = 400;

await using stack = await startStack();
const id = await stack.deploy(deploy(firstLine, { name: 'bench' }));
await stack.startWorkers(1);
await pause(BETWEEN_MS);
const latencies: number[] = [];
for (let index = -3; index < RUNS; index++) {
  const { id: runId } = await stack.client.request('POST /deployments/{id}/create_flow_run', { params: { id } });
  await pause(BETWEEN_MS);
  const run = await stack.ended(runId);
  const began = (await stack.client.request('GET /results/{id}', { params: { id: run.state?.id as string } })) as number;
  if (index >= 0) latencies.push((began - toMicros(run.expected_start_time as string)) / 1000);
}
const bare = Array.from({ length: 10 }, () => {
  const started = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - started;
});
print('Due → first line of the body, warm worker', [
  {
    what: 'p50',
    measured: ms(median(latencies)),
    against: `bare node process ${ms(median(bare))}`,
    ratio: (median(latencies) / median(bare)).toFixed(2),
    goal: '≤ 15 ms',
  },
  { what: 'p95', measured: ms(quantile(latencies, 0.95)) },
]);
