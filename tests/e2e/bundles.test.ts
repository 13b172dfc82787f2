import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { createSluice, type Running } from '../../packages/cli/test/support/sluice.ts';
import { type Lab, startLab } from '../support/lab.ts';

const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));

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
async function worker(pool: string, name = 'afar', env = {}): Promise<string> {
  const cwd = join(folder, name);
  mkdirSync(cwd);
  const home = join(folder, `${name}-home`);
  const started = command(home).start(['worker', 'start', '--pool', pool, '--name', name], { cwd, env });
  running.push(started);
  await started.until(/online; takes runs/);
  return home;
}

interface Told {
  readonly word: string;
  readonly at: string;
  readonly cwd: string;
}
const told = async (id: string): Promise<Told> => (await lab.result(await lab.ended(id))) as Told;

describe('a worker in a folder of its own', () => {
  test('runs what was deployed elsewhere, from its own copy', async () => {
    const pool = await lab.pool();
    expect(await deploy(pool)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^📦 Packed 4 files, \d+ B: bundle [0-9a-f]{12}\n/) });
    renameSync(project, join(folder, 'away'));
    const home = await worker(pool);
    const { word, at, cwd } = await told((await lab.start(`tells/${pool}`)).id);
    expect(word).toBe('one');
    expect(at.startsWith(join(home, 'bundles'))).toBe(true);
    expect(cwd).toBe(at);
  });
});
