// Finds a Node that runs Sluice, and starts a program under it. Plain JavaScript that Node 18 reads, used before anything is installed.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const MAJOR = 24;
const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** Whether this Node is new enough. */
export const isNewNode = () => Number(process.versions.node.split('.')[0]) >= MAJOR;

/** The Node that runs the programs: this one when it is new enough, else the one that was installed with the package in `folder`. */
export function findNode(folder) {
  if (isNewNode()) return process.execPath;
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  try {
    const file = createRequire(join(folder, 'package.json')).resolve(`${name}/package.json`);
    return join(dirname(file), JSON.parse(readFileSync(file, 'utf8')).bin.node);
  } catch {
    console.error(`Sluice needs Node ${MAJOR} or later; this is ${process.versions.node}.`);
    console.error('Install it from nodejs.org, or with your version manager, and run this again.');
    process.exit(1);
  }
}

/** Under this name a program is told which process stands in for it: no setting, so not named like one. */
const LAUNCHER = '_SLUICE_LAUNCHER';
const LOOK_MS = 1000;

/**
 * npm, npx and others like them do not pass a signal on to what they started: they are gone, and it goes on. So the end of the
 * process that started this one, when it is one of those, is taken for the signal that it was.
 */
export function endWithLauncher() {
  const { ppid } = process;
  const isLaunched = process.env.npm_config_user_agent !== undefined || process.env[LAUNCHER] === String(ppid);
  delete process.env[LAUNCHER];
  if (!isLaunched) return;
  const timer = setInterval(() => {
    if (process.ppid === ppid) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_MS);
  timer.unref();
}

/** Runs a program in this process's place: its input and output, its signals, its exit code. */
export function handOver(node, args, options) {
  const path = `${dirname(node)}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}`;
  const child = spawn(node, args, { stdio: 'inherit', ...options, env: { ...process.env, PATH: path, [LAUNCHER]: String(process.pid) } });
  // A terminal's Ctrl+C, and its end, reach the program as well: told a second time, it would take it for a second one.
  const hasTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => hasTerminal || child.kill(signal));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(signal ? 128 + (NUMBERS[signal] ?? 1) : code));
}
