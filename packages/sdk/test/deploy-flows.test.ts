import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createClient } from '@sluice/client';
import { cron, deploy, deployFlow, findEntrypoint } from '@sluice/sdk';
import { startTestServer } from '@sluice/server/testing';
import { describe, expect, inject, test } from 'vitest';
import { addUp } from './fixtures/basic-flows.ts';
import { getHidden } from './fixtures/hidden-flow.ts';
import { made } from './fixtures/made-flow.ts';

const HERE = dirname(fileURLToPath(import.meta.url));

describe('the entrypoint of a deployment', () => {
  test('is the file that made the flow, below the project, and the name it exports it under', async () => {
    expect(await findEntrypoint(deploy(addUp, { name: 'x' }), HERE)).toBe('fixtures/basic-flows.ts:addUp');
    expect(await findEntrypoint(deploy(addUp, { name: 'x' }), join(HERE, 'fixtures'))).toBe('basic-flows.ts:addUp');
  });

  test('is as the deployment says, when it says so', async () => {
    expect(await findEntrypoint(deploy(addUp, { name: 'x', entrypoint: 'dist/flows.js:addUp' }), '/elsewhere')).toBe('dist/flows.js:addUp');
  });

  test('of a flow that a function of another module makes is the file that the flow says', async () => {
    expect(await findEntrypoint(deploy(made, { name: 'x' }), HERE)).toBe('fixtures/made-flow.ts:made');
  });

  test('is refused for a flow that its file does not export', async () => {
    await expect(findEntrypoint(deploy(getHidden(), { name: 'x' }), HERE)).rejects.toMatchObject({
      code: 'ENTRYPOINT_INVALID',
      message: "fixtures/hidden-flow.ts does not export the flow 'hidden'.",
    });
  });

  test('is refused for a flow from outside of the project', async () => {
    await expect(findEntrypoint(deploy(addUp, { name: 'x' }), join(HERE, 'fixtures', 'deeper'))).rejects.toMatchObject({
      code: 'ENTRYPOINT_INVALID',
      message: expect.stringMatching(/^The flow 'add-up' is defined in .*basic-flows\.ts, outside of the project .*deeper\.$/),
    });
  });
});

test('deploying twice replaces the deployment, with schema, limits and environment', async () => {
  await using server = await startTestServer(inject('postgres'));
  const client = createClient({ apiUrl: server.url });
  await client.request('POST /work_pools/', { body: { name: 'pool' } });
  const target = { root: HERE, pool: 'pool' };
  const first = await deployFlow(client, deploy(addUp, { name: 'x', tags: ['a'], params: { b: 3 } }), target);
  expect(first).toMatchObject({
    entrypoint: 'fixtures/basic-flows.ts:addUp',
    path: HERE,
    work_pool_name: 'pool',
    parameters: { b: 3 },
    tags: ['a'],
    parameter_openapi_schema: { required: ['a'] },
    job_variables: {},
  });
  await client.request('PATCH /deployments/{id}', { params: { id: first.id }, body: { paused: true } });
  const options = {
    name: 'x',
    memory: 256,
    cpu: 1,
    env: { MODE: 'fast' },
    maxClaims: 1,
    concurrencyLimit: 2,
    version: 'v2',
    jobVariables: { image: 'i:1', env: {} },
  };
  const second = await deployFlow(client, deploy(addUp, options), target);
  expect(second).toMatchObject({
    id: first.id,
    paused: true, // by a person: a deploy does not say otherwise
    version: 'v2',
    concurrency_limit: 2,
    job_variables: { image: 'i:1', memory: 256, cpu: 1, env: { MODE: 'fast' }, max_claims: 1 },
  });
  await client.close();
});

test('a schedule that catches up is not deployed on a server that cannot; one that does not says nothing of it', async () => {
  const sent: { schedules?: object[] }[] = [];
  const stranger = createServer(async (request, answer) => {
    const body = JSON.parse((await text(request)) || '{}');
    if (request.url === '/api/deployments/') sent.push(body);
    answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id: crypto.randomUUID() }));
  });
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  const client = createClient({ apiUrl: `http://127.0.0.1:${(stranger.address() as AddressInfo).port}/api` });
  const timed = (catchup: 'last' | 'none') =>
    deployFlow(client, deploy(addUp, { name: 'x', schedules: [cron('0 6 * * *', { catchup })] }), { root: HERE, pool: 'pool' });
  await expect(timed('last')).rejects.toMatchObject({ code: 'USAGE', hint: expect.stringContaining("catchup: 'none'") });
  await timed('none');
  expect(sent.map(({ schedules }) => schedules)).toEqual([[{ schedule: { cron: '0 6 * * *' } }]]);
  await client.close();
  stranger.closeAllConnections();
  await new Promise((resolve) => stranger.close(resolve));
});
