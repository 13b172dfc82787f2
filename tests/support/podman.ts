import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';
import { eventually } from './eventually.ts';

/*
 * A container engine that is the test's own: podman, which serves Docker's API on a socket, with folders of its own. There is no registry,
 * so its images are made of this machine's files.
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

const isHere = ['podman', 'runc'].every((program) => {
  try {
    return execFileSync('sh', ['-c', `command -v ${program}`], { env: { PATH: `${process.env['PATH']}:/usr/sbin` } }).length > 0;
  } catch {
    return false;
  }
});

/** Tests that need a container engine; where there is none they are skipped, but not on the machine that decides about a change. */
export const describeWithPodman: typeof describe.skip = isHere || process.env['CI'] ? describe : (describe.skip as typeof describe);
if (!isHere && !process.env['CI']) console.log('Tests of containers are skipped: podman and runc are not installed (apt-get install podman runc).');

/** runc is the runtime that works beside an older hierarchy of control groups; limits as a machine allows them that is a container itself. */
const CONTAINERS_CONF = `[engine]
runtime="runc"
cgroup_manager="cgroupfs"
events_logger="file"
[containers]
default_ulimits=["nofile=1024:1024","nproc=1000:1000"]
`;

export interface Podman extends AsyncDisposable {
  readonly socket: string;
  /** For whoever speaks to it by DOCKER_HOST. */
  readonly host: string;
  /** Where images may be built. */
  readonly folder: string;
  /** Runs the command, and returns what it says. */
  run(args: readonly string[], input?: Buffer): string;
  /** Starts the service, which stands at once. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export async function startPodman(): Promise<Podman> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-podman-'));
  // Here, since the programs below it write into the folder that they are started in.
  const socket = join(folder, 'podman.sock');
  const conf = join(folder, 'containers.conf');
  writeFileSync(conf, CONTAINERS_CONF);
  const env = { ...process.env, CONTAINERS_CONF: conf, PATH: `${process.env['PATH']}:/usr/sbin` };
  const own = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run')];
  const run = (args: readonly string[], input?: Buffer) =>
    execFileSync('podman', [...own, ...args], {
      env,
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(input && { input }),
    });
  let service: ChildProcess | undefined;
  const start = async () => {
    service = spawn('podman', [...own, 'system', 'service', '--time=0', `unix://${socket}`], { cwd: folder, env, stdio: 'ignore' });
    await eventually(() => execFileSync('curl', ['-sf', '--unix-socket', socket, 'http://docker/_ping']), 30);
  };
  const stop = async () => {
    const ended = service && service.exitCode === null ? once(service, 'exit') : undefined;
    service?.kill('SIGTERM');
    await ended;
    service = undefined;
  };
  await start();
  const dispose = async () => {
    await stop();
    run(['rm', '--all', '--force', '--time', '0']);
    run(['rmi', '--all', '--force']);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  return { socket, host: `unix://${socket}`, folder, run, start, stop, [Symbol.asyncDispose]: dispose };
}

/** Those of the system; a program may bring others along. */
const librariesOf = (program: string) => execFileSync('ldd', [program], { encoding: 'utf8' }).match(/(?<=\s)\/(?:usr\/)?lib\S*/g) ?? [];

interface Base {
  /** Other programs of this machine. */
  readonly programs?: readonly string[];
  /** Files whose libraries the image needs, and not the files themselves. */
  readonly libraries?: readonly string[];
  /** Lines of a Dockerfile. */
  readonly change?: readonly string[];
  readonly extra?: (root: string) => void;
}

/** An image with Node, a shell and these programs of this machine: what a base image has, for whom there is no registry. */
export function importBase(podman: Podman, tag: string, { programs = [], libraries = [], change = [], extra = () => {} }: Base = {}): void {
  const root = join(podman.folder, 'base');
  const copy = (from: string, to = from) => {
    mkdirSync(join(root, dirname(to)), { recursive: true });
    copyFileSync(realpathSync(from), join(root, to));
  };
  for (const folder of ['tmp', 'proc', 'sys', 'dev', 'root', 'etc', 'usr/bin', 'bin']) mkdirSync(join(root, folder), { recursive: true });
  chmodSync(join(root, 'tmp'), 0o1777);
  copy(process.execPath, '/usr/bin/node');
  copy('/bin/sh', '/bin/sh');
  for (const program of programs) copy(program);
  for (const library of new Set([process.execPath, '/bin/sh', ...programs, ...libraries].flatMap(librariesOf))) copy(library);
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000::/tmp:/bin/sh\n');
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nnode:x:1000:\n');
  extra(root);
  const tar = execFileSync('tar', ['-C', root, '-c', '.'], { maxBuffer: 2 ** 30 });
  podman.run(['import', ...change.flatMap((line) => ['--change', line]), '-', tag], tar);
  rmSync(root, { recursive: true });
}

/** The same with `sluice-worker`, which runs from the source of this clone: that has to be mounted at its own path. */
export function importClone(podman: Podman, tag: string): void {
  importBase(podman, tag, {
    extra: (root) => {
      const main = join(ROOT, 'packages/worker/src/program/main.ts');
      writeFileSync(join(root, 'usr/bin/sluice-worker'), `#!/bin/sh\nexec node --conditions=@sluice/source ${main} "$@"\n`, { mode: 0o755 });
    },
  });
}

export const CLONE_MOUNT = `${ROOT}:${ROOT}:ro`;
