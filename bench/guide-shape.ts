import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secondsBetween } from '@sluice/core/lib/time';
import { deploy } from '@sluice/sdk';
import { type Figure, print } from './support/figures.ts';
import { type InstalledProject, installProject } from './support/installed.ts';
import { startPrefect, VERSIONS, type Version, venvOf } from './support/prefect.ts';
import { ROOT, startStack } from './support/stack.ts';

/**
 * The guide's shape with 20 empty tables over three workers: main flow, 20 children, two clean-ups. On ours with workers in TypeScript,
 * in a project that has the packages installed, and with Prefect's own in Python, of both versions, and on Prefect's own servers with those, two runs each at once as in the kit's seed. From the first start of a table to the
 * last end, and from the command to the end of the main flow. `guide-shape.ts 3.9.1`: Python of this version only.
 */
const TABLES = 20;
const WORKERS = 3;
const versions = VERSIONS.filter((version) => process.argv.length < 3 || process.argv.includes(version));

interface Run {
  readonly id: string;
  readonly state_type: string;
  readonly parameters: { readonly table?: number };
  readonly expected_start_time: string;
  readonly start_time: string;
  readonly end_time: string;
}

interface Measured {
  /** First start of a table to the last end. */
  readonly tables: number;
  /** From when the main flow was due to its end. */
  readonly all: number;
}

async function ask<T>(url: string, path: string, body: object): Promise<T> {
  for (;;) {
    const response = await fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    if (response.ok) return (await response.json()) as T;
    if (response.status !== 503) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  }
}

/** What the runs of one job say of themselves, when it is over. */
async function measured(url: string, main: Pick<Run, 'expected_start_time' | 'end_time' | 'state_type'>, flow: string): Promise<Measured> {
  const found = await ask<Run[]>(url, '/flow_runs/filter', {
    flows: { name: { any_: [flow] } },
    flow_runs: { expected_start_time: { after_: main.expected_start_time } },
  });
  const tables = found.filter(({ parameters }) => (parameters.table ?? -1) >= 0);
  if (main.state_type !== 'COMPLETED' || tables.length !== TABLES || tables.some(({ state_type }) => state_type !== 'COMPLETED'))
    throw new Error('not all runs completed');
  const starts = tables.map(({ start_time }) => start_time).sort();
  const ends = tables.map(({ end_time }) => end_time).sort();
  return { tables: secondsBetween(starts[0] as string, ends.at(-1) as string), all: secondsBetween(main.expected_start_time, main.end_time) };
}

/** Two jobs by our SDK, as it is installed, and our workers; the second counts, when all is warm. A process for each run is the default. */
async function inTypeScript(runsPerProcess: number, { root, flows }: InstalledProject): Promise<Measured> {
  await using stack = await startStack();
  await stack.deploy(deploy(flows.emptyTable, { name: 'bench', runsPerProcess }), root);
  const id = await stack.deploy(deploy(flows.emptyMain, { name: 'bench' }), root);
  await stack.startWorkers(WORKERS);
  for (let job = 1; ; job++) {
    const { id: run } = await stack.client.request('POST /deployments/{id}/create_flow_run', {
      params: { id },
      body: { parameters: { tables: TABLES } },
    });
    const main = (await stack.ended(run)) as unknown as Run;
    if (job === 2) return await measured(stack.client.apiUrl, main, 'bench-empty-table');
  }
}

const seconds = (value: number) => `${value.toFixed(2)} s`;

/** Runs a program of Python's until it ends. */
async function python(version: Version, args: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Promise<void> {
  const child = spawn(join(venvOf(version), 'bin/python'), args, { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${args.join(' ')}: ${code}`);
}

/** One job by the guide's own commands, with Prefect's packages of a version, on whatever server stands at `url`. */
async function inPython(version: Version, url: string): Promise<Measured> {
  const home = await mkdtemp(join(tmpdir(), 'guide-shape-'));
  const env = {
    ...process.env,
    PREFECT_API_URL: url,
    PREFECT_HOME: home,
    PREFECT_LOGGING_LEVEL: 'ERROR',
    PREFECT_SERVER_ALLOW_EPHEMERAL_MODE: 'false',
    DO_NOT_TRACK: '1',
  };
  await cp(join(ROOT, 'bench/flows/empty_tables.py'), join(home, 'empty_tables.py'));
  await python(version, ['empty_tables.py', 'deploy'], env, home);
  const workers = Array.from({ length: WORKERS }, (_, index) =>
    spawn(
      join(venvOf(version), 'bin/prefect'),
      ['worker', 'start', '--pool', 'bench-python', '--type', 'process', '--name', `worker-${index}`, '--limit', '2'],
      {
        cwd: home,
        env,
        stdio: ['ignore', 'ignore', 'ignore'],
      },
    ),
  );
  try {
    await online(url);
    const [deployment] = await ask<{ id: string }[]>(url, '/deployments/filter', { flows: { name: { any_: ['empty-main'] } } });
    const { id } = await ask<Run>(url, `/deployments/${deployment?.id}/create_flow_run`, { state: { type: 'SCHEDULED' } });
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const [main] = await ask<Run[]>(url, '/flow_runs/filter', { flow_runs: { id: { any_: [id] } } });
      if (!main?.end_time) continue;
      const found = await measured(url, main, 'empty-table');
      console.log(`${url}, Python ${version}: tables ${seconds(found.tables)}, the whole job ${seconds(found.all)}`);
      return found;
    }
  } finally {
    for (const worker of workers) worker.kill('SIGTERM');
    await Promise.all(workers.map((worker) => (worker.exitCode === null ? once(worker, 'exit') : undefined)));
    await rm(home, { recursive: true, force: true });
  }
}

async function online(url: string): Promise<void> {
  for (;;) {
    const workers = await ask<unknown[]>(url, '/work_pools/bench-python/workers/filter', {});
    if (workers.length >= WORKERS) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** How long Python takes for nothing but a flow: an interpreter that loads Prefect, as a worker starts one for every run. */
async function startOf(version: Version): Promise<number> {
  const started = performance.now();
  await python(version, ['-c', 'import prefect.engine'], process.env, tmpdir());
  return (performance.now() - started) / 1000;
}

const figures: Figure[] = [];
await using project = await installProject();
for (const runs of [1, TABLES]) {
  const ours = await inTypeScript(runs, project);
  const what = `ours, workers in TypeScript, ${runs === 1 ? 'a process for each run' : 'processes kept for the next run'}`;
  figures.push({ what, measured: seconds(ours.tables), against: `the whole job ${seconds(ours.all)}`, goal: '≤ 1.5 s' });
}
for (const version of versions) {
  const start = await startOf(version);
  const onOurs = await (async () => {
    await using stack = await startStack();
    return await inPython(version, stack.client.apiUrl);
  })();
  const onTheirs = await (async () => {
    await using server = await startPrefect(version);
    return await inPython(version, server.url);
  })();
  const bare = (start * (TABLES + WORKERS)) / WORKERS;
  figures.push(
    {
      what: `ours, workers in Python ${version}`,
      measured: seconds(onOurs.tables),
      against: `the whole job ${seconds(onOurs.all)}; loading Prefect ${seconds(start)}, 23 times by three ${seconds(bare)}`,
      goal: `${(onOurs.all / onTheirs.all).toFixed(2)} of theirs`,
    },
    {
      what: `Prefect ${version}, workers in Python`,
      measured: seconds(onTheirs.tables),
      against: `the whole job ${seconds(onTheirs.all)}`,
      goal: '',
    },
  );
}
print(`${TABLES} empty tables over ${WORKERS} workers, first start of a table to the last end`, figures);
