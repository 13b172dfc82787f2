import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeFlags } from '@sluice/core/process/programs';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** As bin/sluice.mjs does: it halves the time that a command takes. */
const COMPILED = join(tmpdir(), 'sluice-test-compile-cache');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Resolves when the output so far fits; rejects with the output when the process ends before that. */
  until(pattern: RegExp): Promise<string>;
  signal(name: NodeJS.Signals): void;
  /** Closes the pipe it writes to, as head does. */
  stopReading(): void;
}

interface Options {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
  readonly nodeOptions?: readonly string[];
  /** A command that runs the program, such as a shell with limits. */
  readonly through?: readonly string[];
}

/** The real command, with an environment that holds nothing of the one that runs the tests. */
export function createSluice(base: Readonly<Record<string, string>> = {}) {
  const start = (args: readonly string[], { env = {}, cwd, input = '', nodeOptions = [], through = [] }: Options = {}): Running => {
    const [program = '', ...words] = [...through, process.execPath, ...nodeFlags(MAIN), ...nodeOptions, MAIN, ...args];
    const child = spawn(program, words, {
      env: { PATH: process.env['PATH'], HOME: '/nonexistent', NODE_COMPILE_CACHE: COMPILED, ...base, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(cwd && { cwd }),
    });
    child.stdin?.end(input);
    return follow(child);
  };
  return { start, run: (args: readonly string[], options?: Options): Promise<Ended> => start(args, options).ended };
}

export type Sluice = ReturnType<typeof createSluice>;

/** What any process says, and when it ends. */
export function follow(child: ChildProcess): Running {
  const output = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => resolve({ code, ...output }));
  });
  return {
    pid: child.pid ?? -1,
    ended,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const all = output.stdout + output.stderr;
          if (pattern.test(all)) resolve(all);
        };
        listeners.add(look);
        look();
        void ended.then(({ code }) => reject(new Error(`It ended (${code}) before it said ${pattern}:\n${output.stdout}\n${output.stderr}`)));
      }),
    signal: (name) => void child.kill(name),
    stopReading: () => void child.stdout?.destroy(),
  };
}
