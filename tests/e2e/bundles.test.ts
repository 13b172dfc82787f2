import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { createSluice, type Running } from '../../packages/cli/test/support/sluice.ts';
import { eventually } from '../support/eventually.ts';
import { startHoldingProxy } from '../support/holding-proxy.ts';
import { type Lab, startLab } from '../support/lab.ts';
import { startRegistry } from '../support/registry.ts';

const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));

const REPO = dirname(MODULES);

let lab: Lab;
let folder: string;
let project: string;
let running: Running[];

beforeAll(async () => {
  lab = await startLab(inject('postgres'));
});
afterAll(() => lab.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-bundle-'));
  project = join(folder, 'project');
  running = [];
  write('package.json', '{ "type": "module" }');
  write(
    'flows.ts',
    `import { flow } from '@sluice/sdk';
     import { word } from './lib/word.ts';
     export const tells = flow({ name: 'tells' }, () => ({ word, at: import.meta.dirname, cwd: process.cwd() }));`,
  );
  write('lib/word.ts', "export const word = 'one';");
  symlinkSync(MODULES, join(project, 'node_modules'));
});
afterEach(async () => {
  for (const each of running) each.signal('SIGTERM');
  await Promise.all(running.map(({ ended }) => ended));
  rmSync(folder, { recursive: true, force: true });
});

function write(file: string, text: string): void {
  mkdirSync(dirname(join(project, file)), { recursive: true });
  writeFileSync(join(project, file), text);
}

const config = (pool: string, more = '') => `
  import { defineConfig, deploy } from '@sluice/sdk';
  import { tells } from './flows.ts';
  export default defineConfig({ deployments: [deploy(tells, { name: '${pool}', pool: '${pool}', ${more} })] });`;

const command = (home = join(folder, 'home')) => createSluice({ SLUICE_API_URL: lab.url, SLUICE_HOME: home });

async function deploy(pool: string, more = '', env = {}) {
  write('sluice.config.ts', config(pool, more));
  return command().run(['deploy'], { cwd: project, env });
}

/** A worker in an empty folder, with a home of its own. */
async function worker(pool: string, name = 'afar', env: Readonly<Record<string, string>> = {}): Promise<{ home: string; running: Running }> {
  const cwd = join(folder, name);
  mkdirSync(cwd);
  const home = env['SLUICE_HOME'] ?? join(folder, `${name}-home`);
  const started = command(home).start(['worker', 'start', '--pool', pool, '--name', name], { cwd, env });
  running.push(started);
  await started.until(/online; takes runs/);
  return { home, running: started };
}

interface Told {
  readonly word: string;
  readonly at: string;
  readonly cwd: string;
}
async function told(id: string): Promise<Told> {
  const run = await lab.ended(id);
  expect(run.state).toMatchObject({ type: 'COMPLETED' });
  return (await lab.result(run)) as Told;
}

/** What a home has of bundles: whole ones, and halves. */
const inCache = (home: string, what: 'entries' | 'drafts') => readdirSync(join(home, 'bundles', what));
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

describe('packages of a project', () => {
  test('that it brings along are there, and its lock is not installed', async () => {
    const pool = await lab.pool();
    rmSync(join(project, 'node_modules'));
    write('package.json', '{ "type": "module", "dependencies": { "word": "1.0.0" }, "bundleDependencies": true }');
    write('node_modules/word/package.json', '{ "name": "word", "version": "1.0.0", "type": "module", "exports": "./index.js" }');
    write('node_modules/word/index.js', "export const word = 'brought';");
    mkdirSync(join(project, 'node_modules/@sluice'));
    symlinkSync(join(MODULES, '@sluice/sdk'), join(project, 'node_modules/@sluice/sdk'));
    write('lib/word.ts', "export { word } from 'word';");
    expect(await deploy(pool)).toMatchObject({ code: 0 });
    rmSync(project, { recursive: true });
    await worker(pool);
    expect((await told((await lab.start(`tells/${pool}`)).id)).word).toBe('brought');
  });

  test('of its lock file are installed once, and a registry that does not answer is told of', async () => {
    const pool = await lab.pool();
    await using registry = await startRegistry(folder);
    write('package.json', '{ "name": "p", "type": "module", "dependencies": { "word": "1.0.0" } }');
    write('package-lock.json', JSON.stringify(registry.lock));
    write('lib/word.ts', "import { word as of } from 'word';\nexport const word: string = of;");
    rmSync(join(project, 'node_modules'));
    mkdirSync(join(project, 'node_modules/@sluice'), { recursive: true });
    symlinkSync(join(MODULES, '@sluice/sdk'), join(project, 'node_modules/@sluice/sdk'));
    write('node_modules/word/package.json', '{ "name": "word", "version": "1.0.0", "type": "module", "exports": "./index.js" }');
    write('node_modules/word/index.js', "export const word = 'here';");
    expect(await deploy(pool)).toMatchObject({ code: 0 });
    const first = await lab.start(`tells/${pool}`);
    write('more.ts', '');
    await deploy(pool);
    rmSync(project, { recursive: true });
    const npm = { npm_config_registry: registry.url, npm_config_cache: join(folder, 'npm') };
    const { home } = await worker(pool, 'afar', npm);
    expect((await told(first.id)).word).toBe('installed');
    await registry.stop();
    expect((await told((await lab.start(`tells/${pool}`)).id)).word).toBe('installed'); // another bundle, the same lock
    expect(inCache(home, 'entries').filter((key) => key.startsWith('packages-'))).toHaveLength(1);
    expect(registry.served()).toBe(1);

    await worker(pool, 'late', {
      ...npm,
      npm_config_cache: join(folder, 'empty'),
      npm_config_fetch_retries: '0',
      SLUICE_START_SECONDS: '1',
    });
    running[0]?.signal('SIGTERM');
    await running[0]?.ended;
    const { state } = await lab.ended((await lab.start(`tells/${pool}`)).id);
    expect(state).toMatchObject({
      type: 'CRASHED',
      message: expect.stringMatching(
        /^Its code cannot be had: Its packages cannot be installed: npm ci ended with 1: .*ECONNREFUSED.* The registry does not answer: /s,
      ),
    });
  });
});

test('what would be packed is listed, and nothing is deployed', async () => {
  write('sluice.config.ts', config('never'));
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

describe('code that does not travel', () => {
  const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: project, encoding: 'utf8' });

  test('is cloned from the branch or the commit that its deployment names', async () => {
    const pool = await lab.pool();
    write('.gitignore', 'node_modules');
    write('sluice.config.ts', '');
    git('init', '-q', '-b', 'main');
    git('add', '-A');
    git('commit', '-q', '-m', 'one');
    const commit = git('rev-parse', 'HEAD').trim();
    write('lib/word.ts', "export const word = 'two';");
    git('commit', '-q', '-a', '-m', 'two');
    const source = join(folder, 'origin');
    execFileSync('git', ['clone', '-q', '--bare', project, source]);
    const pulled = (name: string, more: string) =>
      `deploy(tells, { name: '${pool}-${name}', pool: '${pool}', pull: { git: { repository: 'file://${source}', ${more} } } })`;
    write(
      'sluice.config.ts',
      `import { defineConfig, deploy } from '@sluice/sdk';
       import { tells } from './flows.ts';
       export default defineConfig({ deployments: [${pulled('branch', "branch: 'main'")}, ${pulled('commit', `commit: '${commit}'`)}, ${pulled('none', "branch: 'nowhere'")}, ${pulled('token', "tokenFrom: 'NOT_SET'")}] });`,
    );
    expect(await command().run(['deploy'], { cwd: project })).toMatchObject({ code: 0, stderr: '' });
    rmSync(project, { recursive: true });
    await worker(pool, 'afar', { SLUICE_START_SECONDS: '20' });
    const start = async (name: string) => (await lab.start(`tells/${pool}-${name}`)).id;
    expect((await told(await start('branch'))).word).toBe('two');
    expect((await told(await start('commit'))).word).toBe('one');
    running[0]?.signal('SIGTERM');
    await running[0]?.ended;
    await worker(pool, 'next', { SLUICE_START_SECONDS: '0.1' });
    const messageOf = async (name: string) => (await lab.ended(await start(name))).state?.message;
    expect(await messageOf('none')).toMatch(
      /^Its code cannot be had: Its repository file:\/\/.* cannot be read: it has no branch "nowhere"\. Try git ls-remote/,
    );
    expect(await messageOf('token')).toBe(
      'Its code cannot be had: The token of its repository is not there: the worker has no variable NOT_SET. Set NOT_SET where the worker is started.',
    );
  });

  test('stands already in the folder that its deployment names', async () => {
    const pool = await lab.pool();
    const there = join(folder, 'in-the-image');
    await deploy(pool, `pull: { path: '${there}' }`);
    renameSync(project, there);
    await worker(pool);
    expect((await told((await lab.start(`tells/${pool}`)).id)).at).toBe(there);
  });
});

test('the flows of this repo run from a bundle, by a worker that has the same Sluice', async () => {
  const pool = await lab.pool();
  expect(await command().run(['deploy', '--pool', pool], { cwd: REPO })).toMatchObject({ code: 0 });
  const [deployment] = await lab.client.request('POST /deployments/filter', { body: { deployments: { name: { like_: 'cleanup-flow-1' } } } });
  const { id, name } = deployment as { id: string; name: string };
  // As on a machine where the clone is not.
  await lab.client.request('PATCH /deployments/{id}', { params: { id }, body: { path: null } });
  const { home } = await worker(pool);
  expect(await lab.ended((await lab.start(`cleanup-flow-1/${name}`)).id)).toMatchObject({ state: { type: 'COMPLETED' } });
  expect(inCache(home, 'entries')).toHaveLength(1);
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
