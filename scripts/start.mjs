// Runs the repo's commands with whatever Node the machine has: installs what is missing, then goes on under the Node 24 that comes
// with the install. Plain JavaScript that Node 18 reads.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNode, handOver } from '../packages/cli/bin/node-24.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const [command, ...args] = process.argv.slice(2);
/** The packages of a clone are taken from their source. */
const SLUICE = ['--conditions=@sluice/source', 'packages/cli/src/main.ts'];
const PROGRAMS = {
  etl: [...SLUICE, 'etl', ...args],
  reset: [...SLUICE, 'reset', ...args],
  test: ['scripts/test.ts', ...args],
  machines: ['node_modules/vitest/vitest.mjs', 'run', '--project', 'real', 'tests/machines/machines.test.ts', '-t', 'three machines', ...args],
  packed: ['node_modules/vitest/vitest.mjs', 'run', '--project', 'packed', ...args],
  prefect: ['node_modules/vitest/vitest.mjs', 'run', '--project', 'prefect', ...args],
};

if (!PROGRAMS[command]) {
  console.error(`There is no command "${command}". There are: ${Object.keys(PROGRAMS).join(', ')}.`);
  process.exit(2);
}

/** Every package of the lock file is there in its version. Of packages for other machines npm notes nothing. */
function isInstalled() {
  const noted = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(noted)) return false;
  const [wanted, there] = [join(root, 'package-lock.json'), noted].map((file) => JSON.parse(readFileSync(file, 'utf8')).packages);
  return Object.entries(wanted).every(
    ([path, { version, optional, link }]) => optional || link || !path.startsWith('node_modules/') || there[path]?.version === version,
  );
}

function install() {
  console.error('Installing what is missing (npm ci) …');
  const npm = process.env.npm_execpath;
  const [program, ...first] = npm ? [process.execPath, npm] : ['npm'];
  const { status } = spawnSync(program, [...first, 'ci', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: !npm && process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

if (!isInstalled()) install();
process.env.SLUICE_HOME ??= join(root, '.sluice');
handOver(findNode(root), PROGRAMS[command], { cwd: root });
