import { createClient } from '@sluice/client';
import { uuidv7 } from 'uuidv7';
import { median, perSecond, print } from './support/figures.ts';
import { startStack } from './support/stack.ts';

/**
 * The whole life of flow runs with three tasks over HTTP, every state durable before the next: one create, RUNNING, three tasks
 * that start and end, COMPLETED. Against the same client asking the same server for a constant, which is what HTTP alone costs.
 */
const CLIENTS = 64;
const SECONDS = 5;
const ROUNDS = 3;

await using stack = await startStack();
const client = createClient({ apiUrl: stack.client.apiUrl });
const { id: flow_id } = await client.request('POST /flows/', { body: { name: 'bench-life' } });

async function life(): Promise<void> {
  const { id } = await client.request('POST /flow_runs/', { body: { flow_id, state: { type: 'PENDING' } } });
  const set = (type: 'RUNNING' | 'COMPLETED') => client.request('POST /flow_runs/{id}/set_state', { params: { id }, body: { state: { type } } });
  await set('RUNNING');
  for (let index = 0; index < 3; index++) {
    const task_run = { id: uuidv7(), flow_run_id: id, task_key: 'task', dynamic_key: String(index), name: `task-${index}` };
    const step = await client.request('POST /task_runs/step', { body: { task_run, state: { type: 'RUNNING' } } });
    await client.request('POST /task_runs/{id}/set_state', {
      params: { id: step.task_run_id },
      body: { state: { type: 'COMPLETED', data: { type: 'sluice/v1' } } },
    });
  }
  const { status } = await set('COMPLETED');
  if (status !== 'ACCEPT') throw new Error(status);
}

/** How often `work` is done in a second by all clients together. */
async function rate(work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const until = performance.now() + SECONDS * 1000;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (performance.now() < until) {
        await work();
        count++;
      }
    }),
  );
  return count / ((performance.now() - started) / 1000);
}

await rate(life);
const lives: number[] = [];
const bare: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  lives.push(await rate(life));
  bare.push(await rate(() => client.request('GET /version')));
}
await client.close();
const REQUESTS = 9;
print(`Flow runs with three tasks, ${CLIENTS} at once`, [
  {
    what: 'flow runs',
    measured: perSecond(median(lives)),
    against: `GET /version ${perSecond(median(bare))}`,
    ratio: `${((median(lives) * REQUESTS) / median(bare)).toFixed(2)} of its requests`,
    goal: '≥ 500/s',
  },
  { what: 'durable state changes', measured: perSecond(median(lives) * 9) },
]);
