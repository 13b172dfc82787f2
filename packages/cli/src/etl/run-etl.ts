import { readFile } from 'node:fs/promises';
import { type Client, createClient } from '@sluice/client';
import { EXIT, isErrorCode } from '@sluice/core/errors/catalog';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { isObject } from '@sluice/core/lib/json';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { etlPaths, exitCodeOf, type Report } from '@sluice/etl';
import { checkSource } from './check-source.ts';
import type { EtlOptions } from './etl-options.ts';
import { readKeptWorkers } from './kept-workers.ts';
import { createLive } from './live.ts';
import { cancelRun, runMain } from './main-run.ts';
import { startOrFindServer } from './processes.ts';
import { type JobSource, useDemoSource, useGivenSource } from './source.ts';
import { toSummary } from './summary.ts';
import { startWorkers } from './workers.ts';

/** How long a server that is away is waited for: it is started again when it dies, and so is its database. */
const PATIENCE_SECONDS = 60;

/** The whole job, from nothing to a verified warehouse: the guide's steps, each by the same means as by hand. Returns the exit code. */
export async function runEtl(options: EtlOptions): Promise<number> {
  try {
    return await runJob(options);
  } catch (error) {
    // What was under way when Ctrl+C came fails of it.
    if (options.signal.aborted) return EXIT.interrupted;
    throw error;
  }
}

async function runJob(options: EtlOptions): Promise<number> {
  const { settings, json, signal } = options;
  const out = json ? process.stderr : process.stdout;
  const say = (text: string) => out.write(`${text}\n`);
  if (options.source !== undefined) await checkSource(options.source);
  await using stack = new AsyncDisposableStack();
  const { client, api, database } = await reachServer(options, stack, say);
  signal.throwIfAborted();
  await prepare(client, options, say);
  signal.throwIfAborted();
  const workers = await startWorkers({ client, api, options, stack, say });
  signal.throwIfAborted();
  const source = await chooseSource(options, database, say);
  if (!options.keep) {
    stack.defer(source.forget);
    options.atOnce.add(source.forget);
  }
  signal.throwIfAborted();

  const live = createLive(out);
  const main = await runMain({ client, options, source, workers, live });
  if (signal.aborted) {
    await cancelRun(client, main.id, say);
    return EXIT.interrupted;
  }
  const report = await readReport(settings.home, main);
  if (json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  say(await toSummary(report, { home: settings.home, seconds: main.total_run_time }));
  if (options.keep) say(`Server and workers stay up.${await howToStop(options)}`);
  return exitCodeOf(report);
}

/** Of what this command may have left up: others may have started the workers, or the server. */
async function howToStop({ settings, apiUrl }: EtlOptions): Promise<string> {
  const workers = await readKeptWorkers(settings.home);
  const commands = [...(workers === undefined ? [] : [`kill ${workers}`]), ...(apiUrl === undefined ? ['npx sluice server stop'] : [])];
  return commands.length > 0 ? ` To stop them: ${commands.join(' && ')}` : '';
}

async function reachServer(
  { settings, apiUrl, keep, signal, atOnce }: EtlOptions,
  stack: AsyncDisposableStack,
  say: (text: string) => void,
): Promise<{ client: Client; api: NodeJS.ProcessEnv; database: string | undefined }> {
  const { home, port, api_key: apiKey, auth_string: authString, database_url: database } = settings;
  const env = { ...process.env, SLUICE_HOME: home };
  const own = apiUrl === undefined ? await startOrFindServer({ home, port, env, signal, atOnce }) : undefined;
  if (own?.background && keep) own.background.leave();
  else if (own?.background) stack.defer(own.background.stop);
  const url = own?.url ?? apiUrl ?? settings.api_url;
  const client = stack.adopt(createClient({ apiUrl: url, apiKey, authString, patienceSeconds: PATIENCE_SECONDS }), (each) => each.close());
  await client.request('GET /ready');
  say(`Server: ${url}   Page: ${url.replace(/\/api$/, '')}   Home: ${home}`);
  return { client, api: { ...env, SLUICE_API_URL: url }, database };
}

/** What the second clean-up has written. A job that failed before it has no report, only a reason. */
async function readReport(home: string, main: FlowRun): Promise<Report> {
  const text = await readFile(etlPaths(home).report, 'utf8').catch(() => 'null');
  const report = JSON.parse(text) as Report | null;
  if (report?.flow_run_id === main.id) return report;
  const { code, hint } = main.state?.type === 'FAILED' && isObject(main.state.data) ? main.state.data : {};
  throw new SluiceError(isErrorCode(code) ? code : 'FLOW_RUN_FAILED', `The job is ${main.state_name}: ${main.state?.message ?? 'it says no more.'}`, {
    hint: typeof hint === 'string' ? hint : `See what it did: npx sluice server start, then npx sluice flow-run logs ${main.id}`,
  });
}

/** Pool, tag limit and deployments, as `sluice setup` and `sluice deploy` make them. */
async function prepare(client: Client, { settings, root }: EtlOptions, say: (text: string) => void): Promise<void> {
  const [{ setUp }, { deployProject }] = await Promise.all([import('../setup.ts'), import('../deploy-project.ts')]);
  await setUp(client, settings, say);
  await deployProject(client, { root, pool: settings.work_pool }, say);
}

async function chooseSource(
  { settings, source, sample, dirty, signal }: EtlOptions,
  databaseUrl: string | undefined,
  say: (text: string) => void,
): Promise<JobSource> {
  if (source !== undefined) return useGivenSource(settings.home, source, sample);
  return useDemoSource({ home: settings.home, databaseUrl, sample, dirty, signal, onProgress: say });
}
