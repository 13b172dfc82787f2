import { randomBytes } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { type BundleStage, configOf, inCache, setBundleStage } from '../support/bundle-stage.ts';
import { eventually } from '../support/eventually.ts';
import { startHoldingProxy } from '../support/holding-proxy.ts';
import { type Lab, startLab } from '../support/lab.ts';

let lab: Lab;
let stage: BundleStage;
let { folder, project, running, write, command, deploy, worker, told } = {} as BundleStage;

beforeAll(async () => {
  lab = await startLab(inject('postgres'));
});
afterAll(() => lab.stop());
beforeEach(() => {
  stage = setBundleStage(lab);
  ({ folder, project, running, write, command, deploy, worker, told } = stage);
});
afterEach(() => stage.close());

const isChunk = (path: string) => /\/chunks\/\d+$/.test(path);

describe('a worker in a folder of its own', () => {
  test('runs what was deployed elsewhere, from its own copy', async () => {
    const pool = await lab.pool();
    expect(await deploy(pool)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^📦 Packed 4 files, \d+ B: bundle [0-9a-f]{12}\n/) });
    renameSync(project, join(folder, 'away'));
    const { home } = await worker(pool);
    const { word, at, cwd } = await told((await lab.start(`tells/${pool}`)).id);
    expect(word).toBe('one');
    expect(at.startsWith(join(home, 'bundles'))).toBe(true);
    expect(cwd).toBe(at);
  });

  test('runs what a run was made with, whatever is deployed meanwhile, and an older version on request', async () => {
    const pool = await lab.pool();
    await deploy(pool, "version: '1'");
    const queued = await lab.start(`tells/${pool}`);
    write('lib/word.ts', "export const word = 'two';");
    await deploy(pool, "version: '2'");
    const newer = await lab.start(`tells/${pool}`);
    const asked = await command().run(['deployment', 'run', `tells/${pool}`, '--version', '1', '-o', 'json']);
    const older = JSON.parse(asked.stdout) as { id: string };
    await worker(pool);
    const words = await Promise.all([queued, newer, older].map(async ({ id }) => (await told(id)).word));
    expect(words).toEqual(['one', 'two', 'one']);
    expect(await command().run(['deployment', 'run', `tells/${pool}`, '--version', '3'])).toMatchObject({
      code: 3,
      stderr: `Error: Version "3" of tells/${pool} not found\nThe newest ones are: 2, 1.\n`,
    });
  });

  test('that is killed in the middle of unpacking leaves nothing half: the next one does it anew', async () => {
    const pool = await lab.pool();
    write('large.bin', randomBytes(2_500_000).toString('latin1'));
    await deploy(pool);
    rmSync(project, { recursive: true });
    await using proxy = await startHoldingProxy(lab.url);
    const held = proxy.hold(/\/chunks\/2$/);
    const { home, running: first } = await worker(pool, 'afar', { SLUICE_API_URL: proxy.url });
    await held;
    await eventually(() => expect(inCache(home, 'drafts')).toHaveLength(1));
    first.signal('SIGKILL');
    await first.ended;
    expect(inCache(home, 'entries')).toEqual([]);
    const run = await lab.start(`tells/${pool}`);
    await worker(pool, 'next', { SLUICE_HOME: home });
    expect((await told(run.id)).word).toBe('one');
    expect(inCache(home, 'drafts')).toEqual([]);
    expect(inCache(home, 'entries')).toHaveLength(1);
  });

  test('shares its copies with others of its home: a bundle is fetched once', async () => {
    const pool = await lab.pool();
    await deploy(pool);
    rmSync(project, { recursive: true });
    await using proxy = await startHoldingProxy(lab.url);
    const env = { SLUICE_API_URL: proxy.url, SLUICE_HOME: join(folder, 'shared') };
    await Promise.all([worker(pool, 'left', env), worker(pool, 'right', env)]);
    const runs = await Promise.all([1, 2, 3, 4].map(() => lab.start(`tells/${pool}`)));
    const all = await Promise.all(runs.map(({ id }) => told(id)));
    expect(new Set(all.map(({ at }) => at)).size).toBe(1);
    expect(proxy.asked.filter(isChunk)).toHaveLength(1);
  });

  test('refuses a bundle that changed on its way, and says so in the run', async () => {
    const pool = await lab.pool();
    await deploy(pool);
    rmSync(project, { recursive: true });
    await using proxy = await startHoldingProxy(lab.url);
    proxy.change(/\/chunks\/0$/, (body) => body.replace(/[A-Za-z]{4}(?="\})/, 'AAAA').replace(/.{40}(?=.{60}$)/, 'A'.repeat(40)));
    const { home } = await worker(pool, 'afar', { SLUICE_API_URL: proxy.url, SLUICE_START_SECONDS: '1' });
    const run = await lab.ended((await lab.start(`tells/${pool}`)).id);
    expect(run.state).toMatchObject({
      type: 'CRASHED',
      message: expect.stringMatching(/^Its code cannot be had: Bundle \w{12} cannot be used: it changed on its way\. Deploy again: sluice deploy\.$/),
    });
    const { stdout } = await command().run(['flow-run', 'inspect', run.id]);
    expect(stdout).toContain('it changed on its way. Deploy again: sluice deploy.');
    expect(inCache(home, 'entries')).toEqual([]);
  });
});

describe('a worker beside the project', () => {
  test('runs the folder itself as long as that is what was deployed, and a copy when it is not', async () => {
    const pool = await lab.pool();
    await deploy(pool);
    const { home } = await worker(pool, 'near');
    const name = `tells/${pool}`;
    expect(await told((await lab.start(name)).id)).toMatchObject({ word: 'one', at: project, cwd: project });
    expect(existsSync(join(home, 'bundles'))).toBe(false);
    write('lib/word.ts', "export const word = 'changed';");
    const { word, at } = await told((await lab.start(name)).id);
    expect(word).toBe('one');
    expect(at).not.toBe(project);
    write('lib/word.ts', "export const word = 'one';");
    expect((await told((await lab.start(name)).id)).at).toBe(project);
  });
});

test('what would be packed is listed, and nothing is deployed', async () => {
  write('sluice.config.ts', configOf('never'));
  const { code, stdout, stderr } = await command().run(['deploy', '--dry-run'], { cwd: project, env: { SLUICE_API_URL: 'http://127.0.0.1:1/api' } });
  expect(stdout.split('\n').map((line) => line.split('\t')[0])).toEqual(['flows.ts', 'lib/word.ts', 'package.json', 'sluice.config.ts', '']);
  expect(stderr).toMatch(/^Packed 4 files, /);
  expect(code).toBe(0);
});

test('too large a project and a flow that is left out are refused before anything is deployed', async () => {
  const pool = await lab.pool();
  write('data.csv', 'x'.repeat(1_200_000));
  expect(await deploy(pool, '', { SLUICE_BUNDLE_MB: '1' })).toMatchObject({ code: 2, stderr: expect.stringContaining('is larger than 1 MB') });
  write('.gitignore', 'data.csv\nflows.ts');
  expect(await deploy(pool)).toMatchObject({ code: 2, stderr: expect.stringContaining('flows.ts, is not among those that are packed') });
});

test('bundles are listed, shown and removed', async () => {
  const pool = await lab.pool();
  const { stdout } = await deploy(pool);
  const name = /bundle (\w+)/.exec(stdout)?.[1] as string;
  const { run } = command();
  expect((await run(['bundle', 'ls'])).stdout).toMatch(new RegExp(`^${name}\t\\d+ B\t4\ttells/${pool}\t0\t`, 'm'));
  expect((await run(['bundle', 'inspect', name.slice(0, 9)])).stdout).toMatch(/^lib\/word\.ts\t26 B$/m);
  expect((await run(['bundle', 'inspect', 'abcdef'])).stderr).toBe('Error: There is no bundle "abcdef".\nList them with: sluice bundle ls.\n');
  expect((await run(['bundle', 'prune'])).stdout).toBe('Removed 0 bundles, 0 B.\n');
});

test('a disk that is full is told of, and nothing half stays', async () => {
  const pool = await lab.pool();
  write('large.bin', randomBytes(2_500_000).toString('latin1'));
  await deploy(pool);
  rmSync(project, { recursive: true });
  const home = join(folder, 'full-home');
  // Files may not grow beyond 1 MB. The signal that comes with it would be Node's end.
  const limited = 'ulimit -f 2048; trap "" XFSZ; exec "$@"';
  const started = command(home).start(['worker', 'start', '--pool', pool], {
    cwd: folder,
    env: { SLUICE_START_SECONDS: '1' },
    through: ['sh', '-c', limited, 'sh'],
  });
  running.push(started);
  const { state } = await lab.ended((await lab.start(`tells/${pool}`)).id);
  expect(state?.message).toBe(
    'Its code cannot be had: The disk is full where the worker keeps bundles. Make room below its SLUICE_HOME, or lower SLUICE_BUNDLE_CACHE_MB.',
  );
  expect([...inCache(home, 'entries'), ...inCache(home, 'drafts')]).toEqual([]);
});
