import { type Client, createClient } from '@sluice/client';
import { EXIT } from '@sluice/core/errors/catalog';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { exitCodeOf } from '@sluice/etl';
import { databaseOf } from '@sluice/etl/lake-address';
import { factsOf, isDatabase, kindOf } from '@sluice/etl/source-kinds';
import { hasCluster, startCluster } from '@sluice/server';
import { called, isClone } from '../program/called.ts';
import { checkSource } from './check-source.ts';
import type { EtlOptions } from './etl-options.ts';
import { expectTables, findJob, projectJob } from './job-config.ts';
import { joinHome, type Membership } from './jobs/membership.ts';
import { inTurn } from './jobs/turn.ts';
import { readKeptWorkers } from './kept-workers.ts';
import { createLive } from './live.ts';
import { cancelAtOnce, cancelRun, runMain } from './main-run.ts';
import { startOrFindServer } from './processes.ts';
import { readReport } from './read-report.ts';
import { showPlan } from './show-plan.ts';
import { type JobSource, useDemoSource, useGivenSource, useGivenWarehouse } from './source.ts';
import { diskUsed, toSummary } from './summary.ts';
import { startWorkers } from './workers.ts';

/** How long a server that is away is waited for: it is started again when it dies, and so is its database. */
const PATIENCE_SECONDS = 60;

/** The whole job, from nothing to a verified warehouse: the guide's steps, each by the same means as by hand. Returns the exit code. */
export async function runEtl(options: EtlOptions): Promise<number> {
  try {
    return await runJob(options);
  } catch (error) {
    // What was running when Ctrl+C came fails because of it.
    if (options.signal.aborted) return EXIT.interrupted;
    throw error;
  }
}

async function runJob(options: EtlOptions): Promise<number> {
  const { settings, json, signal } = options;
  const out = json ? process.stderr : process.stdout;
  const say = (text: string) => out.write(`${text}\n`);
  if (options.source === undefined) await expectTables(options);
  else await checkSource(options.source, options.named !== undefined);
  if (options.source !== undefined) expectFitting(options, options.source);
  if (options.plan) return planOnly(options, say);
  await using stack = new AsyncDisposableStack();
  const { client, workers, source, job } = await inTurn(settings.home, { signal, onWait: ({ pid }) => say(waiting(pid)) }, () =>
    getReady(options, stack, say),
  );
  signal.throwIfAborted();

  const live = createLive(out);
  const onStarted = async (id: string) => {
    await job.note({ flow_run: id });
    options.atOnce.add(async () => {
      await cancelAtOnce(client, id);
      await job.leaveNow();
    });
    options.atOnce.delete(job.leaveNow);
  };
  const main = await runMain({ client, options, source, workers, live, onStarted });
  if (signal.aborted) {
    await cancelRun(client, main.id, say);
    return EXIT.interrupted;
  }
  const report = await readReport(client, settings.home, main);
  if (json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  say(toSummary(report, { home: settings.home, seconds: main.total_run_time }));
  say(await diskUsed(settings.home));
  if (options.keep) say(`Server and workers stay up.${await howToStop(options)}`);
  return exitCodeOf(report);
}

const waiting = (pid: number) => `Another job of this home (process ${pid}) starts or ends: waiting for it …`;

interface Ready {
  readonly client: Client;
  readonly workers: readonly string[];
  readonly source: JobSource;
  readonly job: Membership;
}

/** Server, deployments, workers and source, each found or made. Done by one job of the home at a time: what is there is shared. */
async function getReady(options: EtlOptions, stack: AsyncDisposableStack, say: (text: string) => void): Promise<Ready> {
  const { settings, apiUrl, keep, signal, atOnce } = options;
  const job = await joinHome({ home: settings.home, shared: apiUrl === undefined, keep, say });
  stack.defer(job.leave);
  atOnce.add(job.leaveNow);
  const { client, api, database } = await reachServer(options, { job, stack, say });
  signal.throwIfAborted();
  // One that has ended, or was forgotten with its database, needs no more.
  await Promise.all(job.left.map((id) => cancelAtOnce(client, id)));
  await prepare(client, options, say);
  signal.throwIfAborted();
  const workers = await startWorkers({ client, api, options, stack, job, say });
  signal.throwIfAborted();
  return { client, workers, source: await chooseSource(options, job, database, say), job };
}

/** An option that such a source does not use is a slip: it would be ignored silently. */
function expectFitting({ read, snapshot, lane }: Pick<EtlOptions, 'read' | 'snapshot' | 'lane'>, source: string): void {
  if (isDatabase(source) && read) {
    throw new SluiceError('USAGE', 'These options are for files: a database itself says how its values are written.', {
      hint: 'Leave out --delimiter, --type and the like.',
    });
  }
  if (snapshot && !factsOf(kindOf(source)).snapshot) {
    const [what, hint] = isDatabase(source)
      ? ['PostgreSQL can be read in a snapshot that tables share', 'each table is read in one state of its database']
      : ['a database can be read in a snapshot: the files of a folder have none', 'a file that changes while it is read is reported and not loaded'];
    throw new SluiceError('USAGE', `Only ${what}.`, {
      hint: `Leave out --snapshot: ${hint}.`,
    });
  }
  if (kindOf(source) !== 'postgres' && lane) {
    throw new SluiceError('USAGE', '--lane says how rows of PostgreSQL come: other sources have one way only.', { hint: 'Leave out --lane.' });
  }
}

/** Nothing has to run for a source that is given; the demo is in the server's database. */
async function planOnly(options: EtlOptions, say: (text: string) => void): Promise<number> {
  const { settings, apiUrl, keep, signal, atOnce } = options;
  await using stack = new AsyncDisposableStack();
  const source = await inTurn(settings.home, { signal, onWait: ({ pid }) => say(waiting(pid)) }, async () => {
    const job = await joinHome({ home: settings.home, shared: apiUrl === undefined, keep, say });
    stack.defer(job.leave);
    atOnce.add(job.leaveNow);
    const database = options.source === undefined ? (await reachServer(options, { job, stack, say })).database : undefined;
    return await chooseSource(options, job, database, say);
  });
  return await showPlan(options, source);
}

/** What this command may have left running: others may have started the workers, or the server. */
async function howToStop({ settings, apiUrl }: EtlOptions): Promise<string> {
  const workers = await readKeptWorkers(settings.home);
  const commands = [...(workers === undefined ? [] : [`kill ${workers}`]), ...(apiUrl === undefined ? [called('server stop')] : [])];
  return commands.length > 0 ? ` To stop them: ${commands.join(' && ')}` : '';
}

/** The demo's source is in the home's PostgreSQL, which a server elsewhere does not start. A job that leaves its workers leaves it too. */
async function lendPostgres(home: string, { keep }: EtlOptions, stack: AsyncDisposableStack): Promise<void> {
  if (await hasCluster(home)) return;
  const cluster = await startCluster(home);
  if (!keep) stack.defer(cluster.stop);
}

async function reachServer(
  options: EtlOptions,
  { job, stack, say }: { job: Membership; stack: AsyncDisposableStack; say: (text: string) => void },
): Promise<{ client: Client; api: NodeJS.ProcessEnv; database: string | undefined }> {
  const { settings, apiUrl, signal, atOnce } = options;
  const { home, port, api_key: apiKey, auth_string: authString, database_url: database } = settings;
  const env = { ...process.env, SLUICE_HOME: home };
  const onStarted = (pid: number) => job.started('server', pid);
  const own = apiUrl === undefined ? await startOrFindServer({ home, port, env, signal, atOnce, onStarted }) : undefined;
  if (own) {
    stack.defer(own.leave);
    // Before it is stopped: it would be started again.
    atOnce.add(async () => own.leave());
  } else if (options.source === undefined && database === undefined) await lendPostgres(home, options, stack);
  const url = own?.url ?? apiUrl ?? settings.api_url;
  const client = stack.adopt(createClient({ apiUrl: url, apiKey, authString, patienceSeconds: PATIENCE_SECONDS }), (each) => each.close());
  await client.request('GET /ready');
  say(`Server: ${url}   Page: ${url.replace(/\/api$/, '')}   Home: ${home}`);
  return { client, api: { ...env, SLUICE_API_URL: url }, database };
}

/** Pool, tag limit and deployments, as `sluice setup` and `sluice deploy` make them. */
async function prepare(client: Client, { settings, root }: EtlOptions, say: (text: string) => void): Promise<void> {
  const [{ setUp }, { deployProject }] = await Promise.all([import('../project/setup.ts'), import('../project/deploy-project.ts')]);
  await setUp(client, settings, say);
  const own = await projectJob(root);
  // The job that takes any source is in each worker's installation.
  const pack = own === undefined ? undefined : { mostMb: settings.bundle_mb, home: settings.home };
  await deployProject(client, { root, pool: settings.work_pool, config: own ?? (await findJob(root)), pack }, say);
}

async function chooseSource(
  { settings, source, warehouse, plan, sample, dirty, keep, signal }: EtlOptions,
  job: Membership,
  databaseUrl: string | undefined,
  say: (text: string) => void,
): Promise<JobSource> {
  if (!plan && warehouse !== undefined && databaseOf(warehouse) !== undefined) await useGivenWarehouse(settings.home, warehouse, { ...job, keep });
  if (source !== undefined) return useGivenSource(settings.home, source, sample, { ...job, keep });
  if (!isClone) return { name: undefined, sample };
  return useDemoSource({ home: settings.home, databaseUrl, sample, dirty, signal, onProgress: say, job });
}
