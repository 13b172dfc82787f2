import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { nodeFlags } from '@sluice/core/process/programs';
import { afterAll, beforeAll, expect, test } from 'vitest';

/* A machine that does not give the server what it needs: one sentence, a next step, and no word of what failed inside. */

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-faults-'));
  await chmod(folder, 0o755); // as root PostgreSQL runs as another user, who must get in
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts a server on a home, by a shell that has been told something first. */
async function start(home: string, first = ':'): Promise<{ code: number | null; said: string }> {
  const child = spawn('sh', ['-c', `${first}; exec "$0" "$@"`, process.execPath, ...nodeFlags(MAIN), MAIN, 'server', 'start', '--port', '0'], {
    env: { PATH: process.env['PATH'], HOME: folder, SLUICE_HOME: home, TMPDIR: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said = await text(child.stderr);
  return { code: child.exitCode, said };
}

test('with too few files to open', async () => {
  const { said } = await start(join(folder, 'files'), 'ulimit -n 64');
  expect(said).toBe(
    'Error: This process may not open as many files as it needs.\nRaise the limit to 1024 or more: ulimit -n 1024, or LimitNOFILE=1024 in the unit of systemd.\n',
  );
});

test('with a home below what is no folder', async () => {
  await writeFile(join(folder, 'a-file'), '');
  const { said } = await start(join(folder, 'a-file', 'home'));
  expect(said).toContain(`Error: ${join(folder, 'a-file')}`);
  expect(said).toContain('Move it away, or name another place (SLUICE_HOME for the home).');
});

test('with a folder where its settings should be', async () => {
  const home = join(folder, 'settings');
  await mkdir(join(home, 'config.env'), { recursive: true });
  const { said } = await start(home);
  expect(said).toContain(`Error: ${join(home, 'config.env')} is a folder where a file is expected`);
});
