import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveSettings } from '@sluice/core/settings/settings';
import { expect, test } from 'vitest';
import { startServer } from './server.ts';
import { call } from './testing/http-call.ts';

test('a server with its own PostgreSQL goes on after that was killed, and has lost nothing that it had acknowledged', async () => {
  const home = await mkdtemp(join(tmpdir(), 'sluice-home-'));
  await chmod(home, 0o755);
  const server = await startServer({ settings: resolveSettings({ home, port: '0' }, {}, {}).values });
  try {
    const status = (await call(server.url, 'GET', '/admin/status')).json;
    expect(status).toMatchObject({ home, database: { embedded: true, version: expect.stringMatching(/^18/) } });
    const flow = (await call(server.url, 'POST', '/flows/', { body: { name: 'flow' } })).json as { id: string };
    const runs = Array.from({ length: 30 }, (_, index) => ({ flow_id: flow.id, idempotency_key: `key-${index}` }));
    const first = await Promise.all(runs.slice(0, 10).map((body) => call(server.url, 'POST', '/flow_runs/', { body })));
    expect(first.map(({ status: code }) => code)).toEqual(first.map(() => 201));

    const pid = Number((await readFile(join(home, 'postgres', '18', 'postmaster.pid'), 'utf8')).split('\n')[0]);
    process.kill(pid, 'SIGKILL');
    // As a client with patience does: again while the server says that its database is away.
    const answers = await Promise.all(
      runs.map(async (body) => {
        for (;;) {
          const answer = await call(server.url, 'POST', '/flow_runs/', { body });
          if (answer.status !== 503) return answer;
          expect(answer.json).toMatchObject({ code: 'DATABASE_UNAVAILABLE', hint: 'Try again in a moment.' });
        }
      }),
    );
    expect(answers.map(({ status: code }) => code).every((code) => code === 200 || code === 201)).toBe(true);
    const count = await call(server.url, 'POST', '/flow_runs/count', { body: {} });
    expect(count.json).toBe(30);
    expect(answers.slice(0, 10).map(({ json }) => (json as { id: string }).id)).toEqual(first.map(({ json }) => (json as { id: string }).id));
  } finally {
    await server.stop();
    await rm(home, { recursive: true, force: true });
  }
});
