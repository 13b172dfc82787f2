import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startTestServer } from '@sluice/server/testing';
import { expect, inject, onTestFinished, test } from 'vitest';
import { createSluice } from './support/sluice.ts';

/** What Prefect 3.9.1 answers to a request that does not fit. */
const UNFIT = {
  exception_message: 'Invalid request received.',
  exception_detail: [
    { type: 'string_too_short', loc: ['body', 'name'], msg: 'String should have at least 1 character', input: '', ctx: { min_length: 1 } },
    { type: 'greater_than_equal', loc: ['body', 'concurrency_limit'], msg: 'Input should be greater than or equal to 0', input: -1 },
  ],
  request_body: {},
};

test('what a Prefect server does not take of a command is named, field by field', async () => {
  const prefect = createServer((_, answer) => answer.writeHead(422, { 'content-type': 'application/json' }).end(JSON.stringify(UNFIT)));
  await new Promise<void>((resolve) => prefect.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void prefect.close());
  const sluice = createSluice({ SLUICE_API_URL: `http://127.0.0.1:${(prefect.address() as AddressInfo).port}/api` });
  const fields = 'name: String should have at least 1 character; concurrency_limit: Input should be greater than or equal to 0';
  for (const command of [
    ['work-pool', 'create', 'x'],
    ['variable', 'set', 'a', '1'],
  ])
    expect(await sluice.run(command)).toEqual({ code: 2, stdout: '', stderr: `Error: Invalid request received.\n${fields}\n` });
  const { stderr } = await sluice.run(['work-pool', 'create', 'x', '-o', 'json']);
  expect(JSON.parse(stderr)).toEqual({ error: { code: 'INVALID_REQUEST', message: 'Invalid request received.', hint: fields } });
});

test('so is what a server of ours does not take', async () => {
  await using server = await startTestServer(inject('postgres'));
  const sluice = createSluice({ SLUICE_HOME: server.home, SLUICE_API_URL: server.url });
  const { code, stderr } = await sluice.run(['work-pool', 'create', 'a/b']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^Error: Invalid request received\.\nname: .+\n$/);
});
