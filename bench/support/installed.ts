import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packAll } from '../../scripts/pack.ts';
import { ROOT } from './stack.ts';

/** A project of a user: the SDK from its tarball, and the flows of the benches. */
export interface InstalledProject extends AsyncDisposable {
  readonly root: string;
  readonly flows: typeof import('../flows/bench-flows.ts');
}

export async function installProject(): Promise<InstalledProject> {
  const root = await mkdtemp(join(tmpdir(), 'sluice-installed-'));
  const tarballs = await packAll(join(root, 'tarballs'));
  const dependencies = Object.fromEntries(['sdk', 'client', 'core'].map((name) => [`@sluice/${name}`, `file:${tarballs[`@sluice/${name}`]}`]));
  await writeFile(join(root, 'package.json'), JSON.stringify({ name: 'bench-project', private: true, type: 'module', dependencies }));
  execFileSync('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: root, stdio: 'ignore' });
  await cp(join(ROOT, 'bench/flows/bench-flows.ts'), join(root, 'bench-flows.ts'));
  const flows = (await import(pathToFileURL(join(root, 'bench-flows.ts')).href)) as typeof import('../flows/bench-flows.ts');
  return { root, flows, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) };
}
