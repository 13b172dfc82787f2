import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { toMicros } from '@sluice/core/lib/time';
import { deploy, deployFlow } from '@sluice/sdk';
import { packProject } from '@sluice/worker/bundles';
import { storeBundle } from '../packages/cli/src/project/bundle.ts';
import { firstLine } from './flows/bench-flows.ts';
import { median, ms, print } from './support/figures.ts';
import { end, POOL, ROOT, sluice, startStack } from './support/stack.ts';

/** What it costs that code travels: to deploy, to start on a machine that has never seen it, and to start there again. */
const RUNS = 10;
const COLD = 5;
const BETWEEN_MS = 1000;
/** As a user starts it, with what it keeps compiled. */
const SLUICE = join(ROOT, 'packages/cli/bin/sluice.mjs');

await using stack = await startStack();
const { client } = stack;
const root = join(ROOT, 'bench/flows');

async function deployed(name: string, isBeside: boolean): Promise<string> {
  const packed = await packProject({ root, mostMb: 100 });
  await storeBundle(client, packed);
  const { id } = await deployFlow(client, deploy(firstLine, { name }), { root, pool: POOL, bundle: { name: packed.name, folder: null } });
  // Without a folder to look at, the worker fetches the bundle, as on another machine.
  if (!isBeside) await client.request('PATCH /deployments/{id}', { params: { id }, body: { path: null } });
  return id;
}

async function firstLineOf(id: string): Promise<{ due: number; began: number }> {
  const { id: runId } = await client.request('POST /deployments/{id}/create_flow_run', { params: { id } });
  await pause(BETWEEN_MS);
  const run = await stack.ended(runId);
  const began = (await client.request('GET /results/{id}', { params: { id: run.state?.id as string } })) as number;
  return { due: toMicros(run.expected_start_time as string) / 1000, began: began / 1000 };
}

async function warm(id: string): Promise<number> {
  const latencies: number[] = [];
  for (let index = -3; index < RUNS; index++) {
    const { due, began } = await firstLineOf(id);
    if (index >= 0) latencies.push(began - due);
  }
  return median(latencies);
}

/** The command as a user types it. */
function timeDeploy(): number {
  const started = performance.now();
  const env = { ...process.env, SLUICE_API_URL: client.apiUrl, SLUICE_HOME: stack.home };
  const { status, stderr } = spawnSync(process.execPath, [SLUICE, 'deploy', '--pool', POOL], { cwd: ROOT, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return performance.now() - started;
}

/** From the start of the worker's process in an empty home, with a run in the queue, to the first line of its flow. */
async function cold(id: string): Promise<number> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-bench-cold-'));
  const run = await client.request('POST /deployments/{id}/create_flow_run', { params: { id } });
  const started = Date.now();
  const worker = sluice(home, ['worker', 'start', '--pool', POOL, '--name', 'cold'], { SLUICE_API_URL: client.apiUrl });
  const ended = await stack.ended(run.id);
  const began = (await client.request('GET /results/{id}', { params: { id: ended.state?.id as string } })) as number;
  await end(worker);
  await rm(home, { recursive: true });
  return began / 1000 - started;
}

const deploys = [timeDeploy(), timeDeploy(), timeDeploy()];
const [near, far] = [await deployed('near', true), await deployed('far', false)];
const colds: { near: number; far: number }[] = [];
for (let index = 0; index < COLD; index++) colds.push({ near: await cold(near), far: await cold(far) });
await stack.startWorkers(1);
// In turn: the machine is not the same from minute to minute.
const rounds: { near: number; far: number }[] = [];
for (let index = 0; index < 3; index++) rounds.push({ near: await warm(near), far: await warm(far) });
const [folder, bundle] = [median(rounds.map(({ near: each }) => each)), median(rounds.map(({ far: each }) => each))];
const [coldNear, coldFar] = [median(colds.map(({ near: each }) => each)), median(colds.map(({ far: each }) => each))];
print('Code that travels', [
  {
    what: 'sluice deploy of flows/, the first time',
    measured: ms(deploys[0] ?? 0),
    against: `again ${ms(median(deploys.slice(1)))}`,
    goal: '≤ 2000 ms',
  },
  {
    what: 'start of a worker in an empty home → first line',
    measured: ms(coldFar),
    against: `beside the folder ${ms(coldNear)}`,
    ratio: (coldFar / coldNear).toFixed(2),
    goal: '≤ 3000 ms',
  },
  {
    what: 'due → first line, warm, p50',
    measured: ms(bundle),
    against: `from the folder ${ms(folder)}`,
    ratio: (bundle / folder).toFixed(2),
    goal: '1.0',
  },
]);
