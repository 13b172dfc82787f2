import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { eventually } from '../support/eventually.ts';

const REPO = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
/** Where every host has the product, read-only; the repo's own folder is on none. */
const INSTALLED = '/opt/sluice';
const EXTENSIONS = '/opt/extensions';
const NODE = `${INSTALLED}/node_modules/.bin/node`;

interface HostOptions {
  readonly name: string;
  /** Its network namespace. */
  readonly space: string;
  /** On this machine, what is its disk: `home`, `tmp`, `etc`. */
  readonly folder: string;
  readonly uid: number;
  readonly link: (state: 'up' | 'down') => void;
  /** Folders of the product that are not there, such as `flows`: the project is the person's. */
  readonly hidden: readonly string[];
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
  /** As the host's root. */
  readonly asRoot?: boolean;
  /** Before the program, as `faketime` takes it. */
  readonly prefix?: readonly string[];
  readonly signal?: AbortSignal;
}

/** A program that runs on a host. */
export interface Program {
  /** All that it has printed until now. */
  readonly said: () => string;
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Resolves when it has printed this. */
  until(pattern: RegExp, withinSeconds?: number): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

/** A machine: the first process of its own process tree keeps it up, and with it all ends. */
export class Host {
  readonly name: string;
  readonly home: string;
  /** The host's home, as a path of the machine that runs the tests. */
  readonly disk: string;
  readonly #options: HostOptions;
  readonly #first: ChildProcess;
  readonly #pid: number;
  readonly #started: Program[] = [];
  #env: Readonly<Record<string, string>> = {};

  private constructor(options: HostOptions, first: ChildProcess, pid: number) {
    this.#options = options;
    this.#first = first;
    this.#pid = pid;
    this.name = options.name;
    this.home = `/home/${options.name}`;
    this.disk = join(options.folder, 'home', options.name);
  }

  static async start(options: HostOptions): Promise<Host> {
    const own = ['--mount', '--uts', '--ipc', '--pid', '--fork', '--kill-child=KILL', '--mount-proc'];
    const first = spawn('ip', ['netns', 'exec', options.space, 'unshare', ...own, 'bash', '-ec', bootScript(options)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const failed = text(first.stderr);
    const [said] = (await Promise.race([once(first.stdout, 'data'), once(first, 'exit').then(() => [''])])) as [Buffer | string];
    if (!String(said).includes('up')) throw new Error(`The host ${options.name} did not start: ${await failed}`);
    return new Host(options, first, await eventually(() => childOf(first.pid ?? 0)));
  }

  /** From now on its programs have these in their environment. */
  set(env: Readonly<Record<string, string>>): void {
    this.#env = { ...this.#env, ...env };
  }

  async run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    const child = this.#spawn(program, args, options);
    child.stdin?.end(options.input ?? '');
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout as NodeJS.ReadableStream),
      text(child.stderr as NodeJS.ReadableStream),
      once(child, 'exit') as Promise<[number | null]>,
    ]);
    return { code, stdout, stderr };
  }

  /** The same, and an error when it fails. Returns what it printed. */
  async expect(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(program, args, options);
    if (code !== 0) throw new Error(`${this.name}: ${program} ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
    return stdout;
  }

  /** `sluice` on this host. */
  sluice(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return this.run(...sluiceOf(args), options);
  }

  start(program: string, args: readonly string[], options: RunOptions = {}): Program {
    const child = this.#spawn(program, args, options);
    child.stdin?.end(options.input ?? '');
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (part: string) => (said += part));
    const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    const told = (what: string) => new Error(`${this.name}: ${program} ${args.join(' ')} ${what}:\n${said}`);
    const printed = (pattern: RegExp) => {
      if (!isOver && !pattern.test(said)) throw told(`has not said ${pattern}`);
    };
    const started: Program = {
      said: () => said,
      ended,
      until: async (pattern, within = 60) => {
        await eventually(() => printed(pattern), within);
        if (!pattern.test(said)) throw told(`ended, and has not said ${pattern}`);
      },
      // The child is `nsenter`, which waits for the program.
      signal: (signal) => void (isOver || process.kill(childOf(child.pid ?? 0), signal)),
    };
    this.#started.push(started);
    return started;
  }

  startSluice(args: readonly string[], options: RunOptions = {}): Program {
    return this.start(...sluiceOf(args), options);
  }

  /** Nothing passes its cable any more; who speaks with it is not told. */
  cut(): void {
    this.#options.link('down');
  }

  mend(): void {
    this.#options.link('up');
  }

  /** Asks all that was started here to stop, and waits until it has. */
  async stopPrograms(): Promise<void> {
    for (const program of this.#started) program.signal('SIGTERM');
    await Promise.all(this.#started.map(({ ended }) => ended));
  }

  /** At once, as by the plug. */
  async powerOff(): Promise<void> {
    if (this.#first.exitCode !== null || this.#first.signalCode !== null) return;
    this.cut();
    const ended = once(this.#first, 'exit');
    process.kill(this.#pid, 'SIGKILL');
    await ended;
  }

  #spawn(program: string, args: readonly string[], { env = {}, cwd = this.home, prefix = [], asRoot = false, signal }: RunOptions): ChildProcess {
    const { uid, name } = this.#options;
    const extensions = process.env['SLUICE_DUCKDB_EXTENSIONS'] && { SLUICE_DUCKDB_EXTENSIONS: EXTENSIONS };
    const own = {
      PATH: `${INSTALLED}/node_modules/.bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      HOME: this.home,
      USER: name,
      LANG: 'C.UTF-8',
      TMPDIR: '/tmp',
    };
    const all = Object.entries({ ...own, SLUICE_HOME: `${this.home}/.sluice`, ...extensions, ...this.#env, ...env });
    const who = asRoot ? [] : ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--'];
    const inside = ['-t', String(this.#pid), '-m', '-u', '-i', '-n', '-p', '--', ...who];
    const command = [
      'env',
      '-i',
      ...all.map(([key, value]) => `${key}=${value}`),
      'sh',
      '-c',
      'cd "$0" && exec "$@"',
      cwd,
      ...prefix,
      program,
      ...args,
    ];
    return spawn('nsenter', [...inside, ...command], { stdio: ['pipe', 'pipe', 'pipe'], ...(signal && { signal }) });
  }
}

const sluiceOf = (args: readonly string[]): [string, string[]] => [
  NODE,
  ['--conditions=@sluice/source', `${INSTALLED}/packages/cli/src/main.ts`, ...args],
];

/** The first process of a host: it makes the host's disk of what it may see, says that it is up, and takes in orphans. */
function bootScript({ name, folder, hidden }: HostOptions): string {
  const extensions = process.env['SLUICE_DUCKDB_EXTENSIONS'];
  return [
    `hostname ${name}`,
    'mount --make-rprivate /',
    'mount -t tmpfs none /dev/shm',
    'mount -t tmpfs none /opt',
    `mkdir ${INSTALLED} ${EXTENSIONS}`,
    `mount --bind ${REPO} ${INSTALLED}`,
    `mount -o remount,bind,ro ${INSTALLED}`,
    ...hidden.map((each) => `mount -t tmpfs none ${INSTALLED}/${each}`),
    ...(extensions ? [`mount --bind ${extensions} ${EXTENSIONS}`] : []),
    ...['hosts', 'passwd'].map((file) => `mount --bind ${folder}/etc/${file} /etc/${file}`),
    `mount --bind ${folder}/home /home`,
    `mount -t tmpfs none ${REPO}`,
    // The last: the host's own disk lies there on this machine.
    `mount --bind ${folder}/tmp /tmp`,
    'echo up',
    'while :; do sleep 3600 & wait; done',
  ].join('\n');
}

/** The only child of a process, as `unshare` and `nsenter` have one. */
function childOf(pid: number): number {
  const child = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
  if (!child) throw new Error(`Process ${pid} has no child.`);
  return child;
}
