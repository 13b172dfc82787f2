import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { secondsBetween } from '@sluice/core/lib/time';
import { deploy } from '@sluice/sdk';
import { emptyMain, emptyTable } from './flows/bench-flows.ts';
import { median, print } from './support/figures.ts';
import { startStack } from './support/stack.ts';

/**
 * 20 flow runs with an empty body in the guide's shape over three workers, from the first start to the last end; against 20 Node
 * processes that do nothing, three at a time. Prefect: 66–82 s.
 */
const ROUNDS = 5;

await using stack = await startStack();
await stack.deploy(deploy(emptyTable, { name: 'bench' }));
const id = await stack.deploy(deploy(emptyMain, { name: 'bench' }));
await stack.startWorkers(3);
await pause(2000);
const seconds: number[] = [];
for (let round = -1; round < ROUNDS; round++) {
  const { id: main } = await stack.client.request('POST /deployments/{id}/create_flow_run', { params: { id }, body: { parameters: { tables: 20 } } });
  await stack.ended(main);
  const runs = await stack.client.request('POST /flow_runs/filter', { body: { flow_runs: { parent_flow_run_id: { any_: [main] } } } });
  const tables = runs.filter(({ parameters }) => Number(parameters['table']) >= 0);
  const starts = tables.map(({ start_time }) => start_time as string).sort();
  const ends = tables.map(({ end_time }) => end_time as string).sort();
  if (tables.length !== 20 || tables.some(({ state_type }) => state_type !== 'COMPLETED')) throw new Error('not all runs completed');
  if (round >= 0) seconds.push(secondsBetween(starts[0] as string, ends[19] as string));
  await pause(1000);
}
/** Three at a time, as the workers do. */
async function bare(): Promise<number> {
  const started = performance.now();
  let left = 20;
  const lane = async () => {
    while (left-- > 0) await once(spawn(process.execPath, ['-e', '0']), 'exit');
  };
  await Promise.all([lane(), lane(), lane()]);
  return (performance.now() - started) / 1000;
}
const processes: number[] = [];
for (let round = 0; round < ROUNDS; round++) processes.push(await bare());

print('20 empty flow runs over 3 workers, first start to last end', [
  {
    what: 'median',
    measured: `${median(seconds).toFixed(2)} s`,
    against: `20 bare Node processes ${median(processes).toFixed(2)} s`,
    ratio: (median(seconds) / median(processes)).toFixed(1),
    goal: '≤ 1.5 s',
  },
  { what: 'range', measured: `${Math.min(...seconds).toFixed(2)}–${Math.max(...seconds).toFixed(2)} s` },
]);
