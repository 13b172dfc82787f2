import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { type BundleStage, inCache, MODULES, setBundleStage } from '../support/bundle-stage.ts';
import { type Lab, startLab } from '../support/lab.ts';
import { startRegistry } from '../support/registry.ts';

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

const REPO = dirname(MODULES);

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
