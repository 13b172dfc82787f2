import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { baseJobTemplate } from '@sluice/core/process/base-job-templates';
import { faultOfTemplate, withDefault } from '@sluice/core/process/job-template';
import { expect, test } from 'vitest';
import { apiUrlFor, containerBody } from '../src/infrastructure/docker/container-body.ts';
import { EngineAway, EngineRefusal } from '../src/infrastructure/docker/engine.ts';
import { engineAddress } from '../src/infrastructure/docker/engine-address.ts';
import { troubleOf } from '../src/infrastructure/docker/faults.ts';
import { pullFault, splitImage } from '../src/infrastructure/docker/images.ts';
import { nameOf } from '../src/infrastructure/docker/labels.ts';
import { readEnd } from '../src/infrastructure/docker/read-end.ts';
import { readJob } from '../src/infrastructure/docker/read-job.ts';
import { registryAuth } from '../src/infrastructure/docker/registry-auth.ts';
import { jobVariables } from '../src/job.ts';

/* What a worker of a docker pool works out by itself, without an engine. */

function read(
  deployment: object = {},
  run: object = {},
  template: object = withDefault(baseJobTemplate('docker') as never, 'image', 'etl:1') as object,
) {
  const claimed = { deployment: { job_variables: deployment }, flow_run: { job_variables: run } } as never;
  return readJob(template as never, claimed, jobVariables(deployment as never, run as never));
}

test('the template of its type has no fault, and stands also for one that is empty', () => {
  expect(faultOfTemplate(baseJobTemplate('docker') as never)).toBeUndefined();
  expect(read({ image: 'etl:2' }, {}, {})).toMatchObject({ image: 'etl:2', privileged: false, auto_remove: true, volumes: [], networks: [] });
});

test('a deployment sets variables, and a run sets those of them that give it nothing more of the machine', () => {
  const job = read(
    { volumes: ['/srv:/data:ro'], memory: 256, cpu: 2, env: { A: 'of the deployment', B: 'b' } },
    { image: 'etl:3', volumes: ['/:/host'], privileged: true, network_mode: 'host', networks: ['db'], env: { A: 'of the run' } },
  );
  expect(job).toMatchObject({ image: 'etl:3', volumes: ['/srv:/data:ro'], privileged: false, networks: [], env: { A: 'of the run', B: 'b' } });
  expect(job.network_mode).toBeUndefined();
  expect([job.mem_limit, job.cpu_limit]).toEqual([256 * 2 ** 20, 2]);
});

test.each([
  ['512m', 512 * 2 ** 20],
  ['1.5g', 1.5 * 2 ** 30],
  ['64kb', 64 * 2 ** 10],
  ['1000', 1000],
  [4096, 4096],
])('a memory limit of %s is %i bytes, and goes over the memory of the deployment', (mem_limit, bytes) => {
  expect(read({ mem_limit, memory: 1 }).mem_limit).toBe(bytes);
});

test.each([
  [{ mem_limit: 'much' }, 'mem_limit: write a size, such as 512m or 2g'],
  [{ image_pull_policy: 'sometimes' }, 'image_pull_policy: write IfNotPresent, Always or Never'],
  [{ volumes: ['data'] }, 'volumes.0: write a folder or a volume'],
  [{ volumes: ['data:relative'] }, 'volumes.0: write a folder or a volume'],
  [{ image: null }, 'image: no image is named'],
])('variables %j are refused with a sentence', (variables, sentence) => {
  expect(() => read(variables)).toThrow(sentence);
});

test.each([['if-not-present'], ['IfNotPresent'], ['IF_NOT_PRESENT']])('the pull policy may be written %s', (image_pull_policy) => {
  expect(read({ image_pull_policy }).image_pull_policy).toBe('IfNotPresent');
});

test('the engine is told limits, mounts and networks; a container without swap, and without new rights', () => {
  const job = read({ mem_limit: '256m', cpu_limit: 1.5, volumes: ['/srv:/data'], networks: ['etl', 'db'] });
  expect(containerBody({ job, env: { A: 'b=c' }, labels: { l: 'x' }, command: ['run'] })).toEqual({
    Image: 'etl:1',
    Entrypoint: ['run'],
    Cmd: [],
    Env: ['A=b=c'],
    Labels: { l: 'x' },
    HostConfig: {
      NetworkMode: 'etl',
      ExtraHosts: ['host.docker.internal:host-gateway'],
      Binds: ['/srv:/data'],
      Memory: 256 * 2 ** 20,
      MemorySwap: 256 * 2 ** 20,
      NanoCpus: 1_500_000_000,
      SecurityOpt: ['no-new-privileges'],
    },
    NetworkingConfig: { EndpointsConfig: { etl: {} } },
  });
});

test.each([
  [undefined, 'http://127.0.0.1:4200/api', 'http://host.docker.internal:4200/api'],
  [undefined, 'http://localhost:4200/api', 'http://host.docker.internal:4200/api'],
  ['host', 'http://127.0.0.1:4200/api', 'http://127.0.0.1:4200/api'],
  ['bridge', 'https://sluice.example.com/api', 'https://sluice.example.com/api'],
])('in the network %s the server at %s is at %s', (network_mode, apiUrl, seen) => {
  expect(apiUrlFor({ network_mode }, apiUrl)).toBe(seen);
});

test.each([
  ['etl', { name: 'etl', tag: 'latest' }],
  ['registry:5000/etl', { name: 'registry:5000/etl', tag: 'latest' }],
  ['registry:5000/etl:2', { name: 'registry:5000/etl', tag: '2' }],
  ['etl@sha256:abc', { name: 'etl@sha256:abc', tag: '' }],
])('the image %s has its name and its tag', (image, parts) => {
  expect(splitImage(image)).toEqual(parts);
});

/* What engines and registries say, as they were seen. */
test.each([
  ['dial tcp 127.0.0.1:9: connect: connection refused', false, /^Its container cannot be started: the registry of the image etl:1 does not answer: /],
  ['Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 10.0.0.1:53: no such host', false, /does not answer/],
  ['manifest for etl:1 not found: manifest unknown: manifest unknown', true, /the image etl:1 is not there: .+ Look at its name and tag/],
  ['pull access denied for etl, repository does not exist or may require docker login', true, /the image etl:1 is not there/],
  ['unauthorized: authentication required', true, /the registry does not give the image etl:1: .+ docker login\.$/],
  ['write /var/lib/docker/tmp/x: no space left on device', false, /the disk of the container engine is full: .+ docker system prune\.$/],
])('a pull that ends with "%s" is told of with the next step', (said, isLasting, sentence) => {
  expect(troubleOf(pullFault('etl:1', said), 'unix:///x')).toEqual({ message: expect.stringMatching(sentence), isLasting });
});

test.each([
  [new EngineAway('connect ENOENT /x'), false, 'the container engine at unix:///x does not answer: connect ENOENT /x. Start it, or set DOCKER_HOST'],
  [new EngineRefusal(500, 'exec: "sluice-worker": executable file not found in $PATH'), true, 'its image has no program sluice-worker'],
  [new EngineRefusal(404, 'network etl not found'), true, 'the engine refuses it: network etl not found. Look at the job variables'],
  [new EngineRefusal(500, 'something odd'), false, 'the engine refuses it: something odd.'],
])('%s is told of with the next step', (error, isLasting, sentence) => {
  expect(troubleOf(error, 'unix:///x')).toEqual({ message: expect.stringContaining(sentence), isLasting });
});

test.each([
  [{ ExitCode: 0 }, { type: 'finished', state_type: 'COMPLETED' }],
  [{ ExitCode: 22 }, { type: 'finished', state_type: 'SCHEDULED' }],
  [{ ExitCode: 24 }, { type: 'finished', state_type: 'CRASHED' }],
  [
    { ExitCode: 137, OOMKilled: true },
    { message: 'Its container needed more than its 256 MB of memory.', isFinal: true },
  ],
  [{ ExitCode: 137 }, { message: 'Its container was ended by SIGKILL.', isFinal: false }],
  [{ ExitCode: 5 }, { message: 'Its container exited with code 5.', isFinal: false }],
  [{ ExitCode: 78 }, { message: expect.stringContaining('another version than its worker'), isFinal: true }],
])('a container that ended as %j', (state, left) => {
  expect(readEnd(state, 256)).toEqual(left);
});

test('the same claim has the same name, whatever its run is called', () => {
  const flow_run = { id: '019a0000-0000-7000-8000-000000000001', name: 'Grüße, Welt!' } as never;
  expect(nameOf({ flow_run, epoch: 2 })).toBe('gr-e-welt--019a0000-0000-7000-8000-000000000001-2');
  expect(nameOf({ flow_run, epoch: 2 }, 'nightly')).toBe('nightly-019a0000-0000-7000-8000-000000000001-2');
});

test.each([
  [{}, { socketPath: '/var/run/docker.sock' }],
  [{ DOCKER_HOST: 'unix:///run/podman.sock' }, { socketPath: '/run/podman.sock' }],
  [{ DOCKER_HOST: 'tcp://engine:2375' }, { host: 'engine', port: 2375 }],
])('with %j the engine is at %j', (environment, options) => {
  expect(engineAddress(environment).options).toEqual(options);
});

test.each([
  [{ DOCKER_HOST: 'ssh://engine' }, 'DOCKER_HOST=ssh://engine cannot be used'],
  [{ DOCKER_HOST: 'tcp://engine', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nowhere' }, 'its keys are not in DOCKER_CERT_PATH (/nowhere)'],
])('with %j a worker says what to write', (environment, sentence) => {
  expect(() => engineAddress(environment)).toThrow(sentence);
});

test('what docker login has noted goes to the registry of the image alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-docker-'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({ auths: { 'registry.example.com:5000': { auth: Buffer.from('me:p:w').toString('base64') } } }),
  );
  const auth = registryAuth('registry.example.com:5000/etl', { DOCKER_CONFIG: folder });
  const opened = JSON.parse(Buffer.from(auth ?? '', 'base64url').toString());
  expect(opened).toEqual({ username: 'me', password: 'p:w', serveraddress: 'registry.example.com:5000' });
  expect(registryAuth('other.example.com/etl', { DOCKER_CONFIG: folder })).toBeUndefined();
  expect(registryAuth('etl', { DOCKER_CONFIG: join(folder, 'nowhere') })).toBeUndefined();
  rmSync(folder, { recursive: true });
});
