import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from '@sluice/client';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { isFinal } from '@sluice/core/model/state-type';
import { startTestServer } from '@sluice/server/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createSluice, follow, type Running, type Sluice } from '../../packages/cli/test/support/sluice.ts';
import { MODULES } from '../support/bundle-stage.ts';
import { eventually } from '../support/eventually.ts';
import { seconds } from '../support/patience.ts';
import { startPrefectServer } from '../support/prefect-package.ts';

/* Flows in TypeScript and in Python, with a worker of each kind in one pool: on Prefect's own server, and on ours. */

const TYPESCRIPT = `
  import { flow, runDeployment, task } from '@sluice/sdk';
  let tries = 0;
  const add = task({ name: 'add', tags: ['adding'], retries: 1, retryDelay: 0.1 }, (a, b) => {
    if (++tries === 1) throw new Error('not at the first try');
    return a + b;
  });
  export const adds = flow({ name: 'adds' }, async ({ a, b }) => add(a, await add(a, b)));
  export const asksPython = flow({ name: 'asks-python' }, async () => {
    const { flow_run } = await runDeployment('doubles/py', { number: 21 });
    return flow_run.state_type;
  });
  export const stands = flow({ name: 'stands' }, async (_, { signal }) => {
    console.log('stands');
    await new Promise((_, stop) => signal.addEventListener('abort', () => stop(signal.reason)));
  });`;
const config = (queue: string | undefined) => `
  import { defineConfig, deploy } from '@sluice/sdk';
  import { adds, asksPython, stands } from './flows.ts';
  const options = { name: 'ts', pool: 'mixed', queue: ${JSON.stringify(queue)} };
  export default defineConfig({ deployments: [deploy(adds, options), deploy(asksPython, options), deploy(stands, options)] });`;
const PYTHON = `
import sys
from prefect import flow, task
from prefect.deployments import run_deployment

@task
def double(number: int) -> int:
    return 2 * number

@flow(log_prints=True)
def doubles(number: int) -> int:
    print(f"doubled: {double(number)}")
    return number

@flow(name="asks-typescript")
def asks_typescript():
    run = run_deployment("adds/ts", parameters={"a": 1, "b": 2})
    assert run.state.is_completed(), run.state
    return str(run.id)

if __name__ == "__main__":
    for name in ["doubles", "asks_typescript"]:
        flow.from_source(source=sys.argv[1], entrypoint=f"flows.py:{name}").deploy(
            name="py", work_pool_name="mixed", work_queue_name=(sys.argv[2:] or [None])[0], print_next_steps=False)
`;

interface Place {
  readonly name: string;
  /** Prefect's server gives any worker any run of its queues: each language has its own there. */
  readonly queues: { readonly ts?: string; readonly py?: string };
  start(authString: string): Promise<{ readonly url: string; stop(): Promise<void> }>;
}
const AUTH_STRING = 'admin:secret';
const PLACES: Place[] = [
  { name: "Prefect's own server", queues: { ts: 'ts', py: 'py' }, start: startPrefectServer },
  { name: 'a server of ours', queues: {}, start: (auth_string) => startTestServer(inject('postgres'), { auth_string }) },
];

describe.each(PLACES)('on $name', ({ start: startServer, queues }) => {
  let server: Awaited<ReturnType<Place['start']>>;
  let folder: string;
  let project: string;
  let sluice: Sluice;
  let client: Client;
  const workers: Running[] = [];

  const python = (program: string, args: readonly string[]) => {
    const home = join(folder, 'python');
    const env = { PATH: process.env['PATH'], HOME: home, PREFECT_HOME: home, PREFECT_API_URL: server.url, PREFECT_API_AUTH_STRING: AUTH_STRING };
    return follow(spawn(join(inject('prefect'), program), args, { cwd: project, env }));
  };
  const expectDone = async (running: Promise<{ code: number | null; stdout: string; stderr: string }>) => {
    const { code, stdout, stderr } = await running;
    expect(code, `${stdout}\n${stderr}`).toBe(0);
    return stdout;
  };
  const ts = (...args: string[]) => expectDone(sluice.run(args, { cwd: project }));
  const runsOf = (name: string) => client.request('POST /flow_runs/filter', { body: { flows: { name: { any_: [name] } } } });
  /** The newest run of a flow, when it has ended. */
  const ended = (name: string): Promise<FlowRun> =>
    eventually(async () => {
      const [run] = (await runsOf(name)).toSorted((a, b) => b.created.localeCompare(a.created));
      if (!run || !isFinal(run.state_type)) throw new Error(`${name} has not ended: ${run?.state_name}`);
      return run;
    }, 120);
  const tasksOf = ({ id }: FlowRun) => client.request('POST /task_runs/filter', { body: { flow_runs: { id: { any_: [id] } } } });

  beforeAll(async () => {
    server = await startServer(AUTH_STRING);
    folder = mkdtempSync(join(tmpdir(), 'sluice-both-'));
    project = join(folder, 'project');
    mkdirSync(project);
    symlinkSync(MODULES, join(project, 'node_modules'));
    const files = { 'package.json': '{ "type": "module" }', 'flows.ts': TYPESCRIPT, 'sluice.config.ts': config(queues.ts), 'flows.py': PYTHON };
    for (const [file, text] of Object.entries(files)) writeFileSync(join(project, file), text);
    sluice = createSluice({ SLUICE_HOME: join(folder, 'home'), SLUICE_API_URL: server.url, SLUICE_API_AUTH_STRING: AUTH_STRING, HOME: folder });
    client = createClient({ apiUrl: server.url, authString: AUTH_STRING });
    await ts('work-pool', 'create', 'mixed', '--type', 'process');
    for (const queue of Object.values(queues)) await ts('work-queue', 'create', queue, '--pool', 'mixed');
    await ts('concurrency-limit', 'create', 'adding', '1');
    await ts('deploy');
    await expectDone(python('python', ['flows.py', project, ...(queues.py ? [queues.py] : [])]).ended);
    const start = (queue: string | undefined) => ['worker', 'start', '--pool', 'mixed', ...(queue ? ['--work-queue', queue] : [])];
    workers.push(sluice.start([...start(queues.ts), '--name', 'ours', '--limit', '3'], { cwd: project }));
    workers.push(python('prefect', [...start(queues.py), '--name', 'theirs', '--type', 'process']));
    await workers[0]?.until(/online; takes runs/);
  }, seconds(240));
  afterAll(async () => {
    for (const each of workers) each.signal('SIGTERM');
    await Promise.all(workers.map((each) => each.ended));
    await client?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, seconds(60));

  test('a flow of ours runs with its tasks, their tag limit and their retries', { timeout: seconds(180) }, async () => {
    await ts('deployment', 'run', 'adds/ts', '--param', 'a=1', '--param', 'b=2', '--watch');
    const run = await ended('adds');
    expect(run.state_type).toBe('COMPLETED');
    const tasks = await tasksOf(run);
    expect(tasks.map(({ state_type, run_count }) => [state_type, run_count]).sort()).toEqual([
      ['COMPLETED', 1],
      ['COMPLETED', 2],
    ]);
  });

  test('one that is cancelled is stopped', { timeout: seconds(180) }, async () => {
    const told = JSON.parse(await ts('deployment', 'run', 'stands/ts', '-o', 'json')) as { id: string };
    await eventually(async () => {
      const [run] = await runsOf('stands');
      expect(run?.state_type).toBe('RUNNING');
    }, 60);
    await ts('flow-run', 'cancel', told.id);
    expect((await ended('stands')).state_type).toBe('CANCELLED');
  });

  test('a parent in TypeScript has a child in Python', { timeout: seconds(240) }, async () => {
    await ts('deployment', 'run', 'asks-python/ts');
    const parent = await ended('asks-python');
    expect(parent.state_type, parent.state?.message ?? '').toBe('COMPLETED');
    const child = await ended('doubles');
    expect(child.state_type).toBe('COMPLETED');
    expect((await tasksOf(parent)).map(({ id }) => id)).toEqual([child.parent_task_run_id]);
    await eventually(async () => {
      const log = await client.request('POST /logs/filter', { body: { logs: { flow_run_id: { any_: [child.id] } } } });
      expect(log.map(({ message }) => message)).toContain('doubled: 42');
    }, 60);
  });

  test('a parent in Python has a child in TypeScript', { timeout: seconds(240) }, async () => {
    await expectDone(python('prefect', ['deployment', 'run', 'asks-typescript/py']).ended);
    const parent = await ended('asks-typescript');
    expect(parent.state_type, parent.state?.message ?? '').toBe('COMPLETED');
    const child = await ended('adds');
    expect(child.state_type).toBe('COMPLETED');
    await eventually(async () => expect((await tasksOf(parent)).map(({ id }) => id)).toEqual([child.parent_task_run_id]), 60);
  });
});
