import { fileURLToPath } from 'node:url';
import { type Client, findDeployment } from '@sluice/client';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { beforeAll, expect, test } from 'vitest';
import { startCommand } from './support/command.ts';
import type { Sluice } from './support/sluice.ts';

const PROJECT = fileURLToPath(new URL('./fixtures/project', import.meta.url));

let client: Client;
let sluice: Sluice;

beforeAll(async () => {
  const started = await startCommand();
  ({ client, sluice } = started);
  await sluice.run(['setup']);
  await sluice.run(['deploy'], { cwd: PROJECT });
  return started.stop;
});

async function start(body: object = {}): Promise<FlowRun> {
  const { id } = await findDeployment(client, 'greet/greet-deployment');
  return client.request('POST /deployments/{id}/create_flow_run', { params: { id }, body });
}
const read = ({ id }: FlowRun) => client.request('GET /flow_runs/{id}', { params: { id } });

test('a worker that runs once runs what is due, whatever comes of it, and ends', async () => {
  const due = [await start(), await start({ parameters: { fail: true } })];
  const scheduled_time = new Date(Date.now() + 3_600_000).toISOString();
  const later = await start({ state: { type: 'SCHEDULED', state_details: { scheduled_time } } });
  expect(await sluice.run(['worker', 'start', '--run-once', '--name', 'once'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/stopped\n$/),
  });
  expect((await Promise.all(due.map(read))).map(({ state_type }) => state_type)).toEqual(['COMPLETED', 'FAILED']);
  expect(await read(later)).toMatchObject({ state_type: 'SCHEDULED' });
});

test('of several workers that run once none is started again, and they end together', async () => {
  const due = await Promise.all([1, 2, 3].map(() => start()));
  const { code, stdout } = await sluice.run(['worker', 'start', '--run-once', '--workers', '2', '--name', 'team']);
  expect(stdout.match(/Starting worker/g)).toHaveLength(2);
  expect(stdout).toMatch(/✅ All workers stopped\n$/);
  expect(code).toBe(0);
  for (const run of due) expect(await read(run)).toMatchObject({ state_type: 'COMPLETED', worker_name: expect.stringMatching(/^team-[12]$/) });
});

test('a worker says how it is at the address of its settings, and only one can', async () => {
  const env = { PREFECT_WORKER_WEBSERVER_PORT: '0' };
  const worker = sluice.start(['worker', 'start', '--with-healthcheck', '--name', 'well'], { env });
  const [, url = ''] = /well: answers at (http:\/\/127\.0\.0\.1:\d+\/health)\n/.exec(await worker.until(/well: online/)) ?? [];
  expect(await (await fetch(url)).json()).toEqual({ message: 'OK' });
  const { port } = new URL(url);
  const second = await sluice.run(['worker', 'start', '--with-healthcheck'], { env: { SLUICE_WORKER_WEBSERVER_PORT: port } });
  expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('Choose another with SLUICE_WORKER_WEBSERVER_PORT') });
  worker.signal('SIGTERM');
  expect(await worker.ended).toMatchObject({ code: 0 });
  await expect(fetch(url)).rejects.toThrow();
  expect(await sluice.run(['worker', 'start', '--with-healthcheck', '--workers', '2'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--with-healthcheck is for one worker'),
  });
});
