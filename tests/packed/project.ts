import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';

/** A project of somebody who has installed the packages: nothing of it is in the clone. */
export interface Project extends AsyncDisposable {
  readonly folder: string;
  /** By the names of their packages. */
  readonly tarballs: Readonly<Record<string, string>>;
  /** Path of a command that its packages bring. */
  bin(name: string): string;
  write(file: string, content: string): Promise<void>;
  /** Runs a program of the project to its end, and expects that to be a good one. Returns what it said. */
  run(program: string, ...args: readonly string[]): Promise<string>;
  /** The same in the background. */
  start(program: string, ...args: readonly string[]): { readonly ended: Promise<string>; stop(): void };
}

/** Nothing of the environment of the tests says where a package is, or what Node is to do. */
const environment = (home: string): NodeJS.ProcessEnv => {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(NODE_(OPTIONS|PATH|ENV|COMPILE_CACHE)|SLUICE_|PREFECT_|VITEST|npm_(command|lifecycle))/.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`,
    SLUICE_HOME: home,
    SLUICE_SERVER_PORT: '0',
  };
};

/** Installs the packages from their tarballs in an empty folder. What they depend on comes as in `npm install`. */
export async function installPacked(tarballs: Readonly<Record<string, string>>): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-packed-'));
  await chmod(folder, 0o755); // as root PostgreSQL runs as another user, who must get in
  const write = async (file: string, content: string) => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), content);
  };
  const start = (program: string, ...args: readonly string[]) => {
    const child = spawn(program, args, { cwd: folder, env: environment(join(folder, 'home')), stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(([out, told, [code]]) => {
      if (code === 0) return out;
      throw new Error(`${program} ${args.join(' ')}: exit code ${code}\n${out}${told}`);
    });
    ended.catch(() => {}); // who waits for it is told
    return { ended, stop: () => void child.kill('SIGTERM') };
  };
  const run = (program: string, ...args: readonly string[]) => start(program, ...args).ended;
  const dependencies = Object.fromEntries(Object.entries(tarballs).map(([name, file]) => [name, `file:${file}`]));
  await write('package.json', JSON.stringify({ name: 'somebodys-project', private: true, type: 'module', dependencies }));
  await run('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', '--no-update-notifier');
  const bin = (name: string) => join(folder, 'node_modules', '.bin', name);
  return { folder, tarballs, bin, write, start, run, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }) };
}
