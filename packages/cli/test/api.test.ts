import type { Client } from '@sluice/client';
import { startTestServer } from '@sluice/server/testing';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { startCommand } from './support/command.ts';
import type { Sluice } from './support/sluice.ts';

let client: Client;
let sluice: Sluice;

beforeAll(async () => {
  const started = await startCommand();
  ({ client, sluice } = started);
  return started.stop;
});

describe('a request by hand', () => {
  test('is answered with what the server says, byte for byte', async () => {
    const flow = await client.request('POST /flows/', { body: { name: 'by-hand' } });
    const got = await sluice.run(['api', 'GET', `/flows/${flow.id}`]);
    expect(got).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(got.stdout)).toEqual(flow);
    expect(JSON.parse((await sluice.run(['api', 'post', 'flows/count'])).stdout)).toBeGreaterThan(0);
    const filter = JSON.stringify({ flows: { name: { any_: ['by-hand'] } } });
    expect(JSON.parse((await sluice.run(['api', 'POST', '/flows/filter', '--data', filter])).stdout)).toEqual([flow]);
    expect(JSON.parse((await sluice.run(['api', 'POST', '/flows/filter', '--data', '-'], { input: filter })).stdout)).toEqual([flow]);
    expect(await sluice.run(['api', 'DELETE', `/flows/${flow.id}`])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('that is refused prints the answer, and ends with the code of its error', async () => {
    const missing = await sluice.run(['api', 'GET', '/flows/0199f0aa-1111-7000-8000-000000000001']);
    expect(missing).toMatchObject({ code: 3, stderr: expect.stringMatching(/^Error: /) });
    expect(JSON.parse(missing.stdout)).toMatchObject({ detail: expect.any(String) });
    expect(await sluice.run(['api', 'GET', '/nowhere'])).toMatchObject({ code: 2 });
    expect(await sluice.run(['api', 'FETCH', '/flows/'])).toMatchObject({ code: 2, stderr: expect.stringContaining('GET, POST') });
    expect(await sluice.run(['api', 'POST', '/flows/', '--data', '{'])).toMatchObject({ code: 2, stderr: expect.stringContaining('not JSON') });
    expect(await sluice.run(['api', 'GET', '/health', '-H', 'nothing'])).toMatchObject({ code: 2, stderr: expect.stringContaining('no') });
    const away = await sluice.run(['api', 'GET', '/health'], { env: { SLUICE_API_URL: 'http://127.0.0.1:1/api' } });
    expect(away).toMatchObject({ code: 5, stderr: expect.stringContaining('comes from SLUICE_API_URL') });
  });

  test('shows its headers without the key', async () => {
    await using closed = await startTestServer(inject('postgres'), { api_key: 'the-key-of-this-server' });
    const env = { SLUICE_API_URL: closed.url, SLUICE_API_KEY: 'the-key-of-this-server' };
    const { code, stdout, stderr } = await sluice.run(['api', 'GET', '/flow_runs/history', '-v', '-H', 'X-Mine: yes'], { env });
    expect(stderr).toContain('> x-mine: yes');
    expect(stderr).toMatch(/^> authorization: \*\*\*$/m);
    expect(stderr).toMatch(/^< content-type: application\/json/m);
    expect(stderr + stdout).not.toContain('the-key-of-this-server');
    expect(code).not.toBe(4);
    expect(await sluice.run(['api', 'POST', '/flows/count'], { env: { ...env, SLUICE_API_KEY: 'other' } })).toMatchObject({ code: 4 });
  });
});
