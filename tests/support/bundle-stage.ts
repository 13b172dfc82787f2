import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { createSluice, type Running } from '../../packages/cli/test/support/sluice.ts';
import type { Lab } from './lab.ts';

export const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));

export const configOf = (pool: string, more = '') => `
  import { defineConfig, deploy } from '@sluice/sdk';
  import { tells } from './flows.ts';
  export default defineConfig({ deployments: [deploy(tells, { name: '${pool}', pool: '${pool}', ${more} })] });`;

interface Told {
  readonly word: string;
  readonly at: string;
  readonly cwd: string;
}

/** What a home has of bundles: whole ones, and halves. */
export const inCache = (home: string, what: 'entries' | 'drafts') => readdirSync(join(home, 'bundles', what));

/** A project to be deployed, and workers that do not stand beside it. */
export function setBundleStage(lab: Lab, env: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bundle-'));
  const project = join(folder, 'project');
  const running: Running[] = [];
  function write(file: string, text: string): void {
    mkdirSync(dirname(join(project, file)), { recursive: true });
    writeFileSync(join(project, file), text);
  }
  write('package.json', '{ "type": "module" }');
  write(
    'flows.ts',
    `import { flow } from '@sluice/sdk';
       import { word } from './lib/word.ts';
       export const tells = flow({ name: 'tells' }, () => ({ word, at: import.meta.dirname, cwd: process.cwd() }));`,
  );
  write('lib/word.ts', "export const word = 'one';");
  symlinkSync(MODULES, join(project, 'node_modules'));
  const command = (home = join(folder, 'home')) => createSluice({ SLUICE_API_URL: lab.url, SLUICE_HOME: home, ...env });

  async function deploy(pool: string, more = '', env = {}) {
    write('sluice.config.ts', configOf(pool, more));
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

  async function told(id: string): Promise<Told> {
    const run = await lab.ended(id);
    expect(run.state).toMatchObject({ type: 'COMPLETED' });
    return (await lab.result(run)) as Told;
  }

  async function close(): Promise<void> {
    for (const each of running) each.signal('SIGTERM');
    await Promise.all(running.map(({ ended }) => ended));
    rmSync(folder, { recursive: true, force: true });
  }
  return { folder, project, running, write, command, deploy, worker, told, close };
}

export type BundleStage = ReturnType<typeof setBundleStage>;
