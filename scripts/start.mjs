// Runs the repo's commands with whatever Node the machine has: installs what is missing, then goes on under the Node 24 that comes
// with the install. Plain JavaScript that Node 18 reads.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const MAJOR = 24;

const [command, ...args] = process.argv.slice(2);
const PROGRAMS = {
  etl: ['packages/cli/src/main.ts', 'etl', ...args],
  reset: ['packages/cli/src/main.ts', 'reset', ...args],
  test: ['scripts/test.ts', ...args],
};

if (!PROGRAMS[command]) {
  console.error(`There is no command "${command}". There are: ${Object.keys(PROGRAMS).join(', ')}.`);
  process.exit(2);
}

/** What npm noted when it installed is older than the lock file: something is missing. */
function isInstalled() {
  const noted = join(root, 'node_modules', '.package-lock.json');
  return existsSync(noted) && statSync(noted).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
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

/** The Node that runs the programs: this one when it is new enough, else the one that was installed. */
function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= MAJOR) return process.execPath;
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  try {
    const file = createRequire(join(root, 'package.json')).resolve(`${name}/package.json`);
    return join(dirname(file), JSON.parse(readFileSync(file, 'utf8')).bin.node);
  } catch {
    console.error(
      `Sluice needs Node ${MAJOR} or later; this is ${process.versions.node}, and npm has no Node ${MAJOR} for ${process.platform} ${process.arch}.`,
    );
    console.error('Install it from nodejs.org, or with your version manager, and run this again.');
    process.exit(1);
  }
}

if (!isInstalled()) install();
const node = findNode();
const env = {
  ...process.env,
  SLUICE_HOME: process.env.SLUICE_HOME ?? join(root, '.sluice'),
  PATH: `${dirname(node)}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}`,
};
const child = spawn(node, PROGRAMS[command], { cwd: root, stdio: 'inherit', env });
// The program hears a terminal's Ctrl+C itself; what is sent to this process alone is handed on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => !process.stdin.isTTY && child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 128 + ({ SIGINT: 2, SIGTERM: 15, SIGKILL: 9 }[signal] ?? 1) : code));
