import type { Client } from '@sluice/client';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { type Duration, toSeconds } from '@sluice/core/lib/duration';
import type { Json } from '@sluice/core/lib/json';
import type { Deployment } from '@sluice/core/model/deployment';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { readDeployment } from '../../find/deployment.ts';
import { isOnline, listWorkers } from '../../find/workers.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { jsonOrText } from '../../program/json-or-text.ts';
import { flag, instantOption, list, output, text, whole } from '../../program/options.ts';
import { WATCH_PATIENCE, withClient } from '../../program/with-client.ts';
import { say, tell } from '../../render/message.ts';
import { isJson, printRecord } from '../../render/print.ts';
import { followFlowRun } from '../../watch/follow-flow-run.ts';

export const command = defineCommand({
  arguments: { name: argument('[flow/deployment]', 'The deployment') },
  options: {
    id: text('--id <id>', 'The id of the deployment instead'),
    params: list('-p, --param <name=value>', 'A parameter; can be given more than once'),
    allParams: text('--params <json>', 'All parameters as a JSON object; - reads it from standard input'),
    runName: text('--flow-run-name <name>', 'Name of the run'),
    tags: list('--tag <tag>', 'A tag of the run; can be given more than once'),
    version: text('--version <version>', 'A version that was deployed before, or the beginning of its bundle’s name'),
    jobVariables: list('--job-variable <name=value>', 'A variable of its infrastructure, as JSON or a text; can be given more than once'),
    startIn: text('--start-in <time>', 'Start it later, after this time: 30s, 5m, 2h'),
    startAt: instantOption('--start-at <time>', 'Start it then, such as 2027-01-31T17:30:00+01:00; in UTC unless it says otherwise'),
    watch: flag('--watch', 'Follow it to its end; the exit code says how it ended'),
    timeout: whole('--watch-timeout <seconds>', 'Stop following after this time, with exit code 124', undefined),
    output,
  },
  examples: [
    'sluice deployment run main-etl-job/main-etl-deployment --watch',
    'sluice deployment run process-table-etl/process-table-etl-deployment --param table=0',
  ],
  run: async ({ args, options, globals }) => {
    const { watch, timeout: timeoutSeconds, output: format } = options;
    const run = await withClient(globals, async (client) => {
      const deployment = await namedOrById(client, args.name, options.id);
      const created = await start(client, deployment, options);
      await warnWithoutWorker(client, created);
      return created;
    });
    if (!watch && isJson(format)) return void (await printRecord(run, [], format));
    const announce = isJson(format) ? tell : say;
    announce(`Created flow run '${run.name}' (${run.id}).`);
    if (!watch) return void say(`Follow it with: sluice flow-run watch ${run.id}`);
    return withClient(globals, (client) => followFlowRun(client, run.id, { timeoutSeconds, format }), { patienceSeconds: WATCH_PATIENCE });
  },
});

interface Wanted {
  readonly params: readonly string[];
  readonly allParams: string | undefined;
  readonly runName: string | undefined;
  readonly tags: readonly string[];
  readonly jobVariables: readonly string[];
  readonly startIn: string | undefined;
  readonly startAt: string | undefined;
  readonly version: string | undefined;
}

async function start(client: Client, { id, parameter_openapi_schema }: Deployment, wanted: Wanted): Promise<FlowRun> {
  const { readParameters } = await import('../../parameters/read-parameters.ts');
  const parameters = readParameters({ single: wanted.params, whole: wanted.allParams }, parameter_openapi_schema);
  const scheduled_time = readStart(wanted);
  const job_variables = Object.fromEntries(wanted.jobVariables.map(readVariable));
  return client.request('POST /deployments/{id}/create_flow_run', {
    params: { id },
    body: {
      parameters,
      ...(wanted.runName !== undefined && { name: wanted.runName }),
      tags: [...wanted.tags],
      ...(wanted.jobVariables.length > 0 && { job_variables }),
      ...(wanted.version !== undefined && { version: wanted.version }),
      ...(scheduled_time && { state: { type: 'SCHEDULED', state_details: { scheduled_time } } }),
    },
  });
}

function namedOrById(client: Client, name: string | undefined, id: string | undefined): Promise<Deployment> {
  if ((name === undefined) === (id === undefined))
    throw new SluiceError('USAGE', 'Give either a deployment, as flow/deployment, or its id.', { hint: 'sluice deployment ls lists them.' });
  return name === undefined ? client.request('GET /deployments/{id}', { params: { id: id as string } }) : readDeployment(client, name);
}

function readStart({ startIn, startAt }: Pick<Wanted, 'startIn' | 'startAt'>): string | undefined {
  if (startIn !== undefined && startAt !== undefined)
    throw new SluiceError('USAGE', 'Give --start-in or --start-at, not both.', { hint: 'sluice deployment run --help shows how.' });
  return startIn === undefined ? startAt : new Date(Date.now() + readDelay(startIn) * 1000).toISOString();
}

function readVariable(typed: string): [name: string, value: Json] {
  const at = typed.indexOf('=');
  if (at < 1) throw new SluiceError('USAGE', `"${typed}" is not of the form name=value.`, { hint: 'For example: --job-variable image=etl:2' });
  return [typed.slice(0, at), jsonOrText(typed.slice(at + 1))];
}

function readDelay(text: string): number {
  try {
    return toSeconds(text as Duration);
  } catch (cause) {
    throw new SluiceError('USAGE', `"${text}" is not a duration.`, { hint: 'Write a number and its unit, such as 30s, 5m or 2h.', cause });
  }
}

/** Without a worker the run waits, and nothing else would say why. */
async function warnWithoutWorker(client: Client, { work_pool_name: pool }: FlowRun): Promise<void> {
  if (!pool) return tell('This deployment has no work pool, so no worker will take the run.');
  if ((await listWorkers(client, pool)).some(isOnline)) return;
  tell(`No worker is online in the work pool "${pool}": the run waits for one. Start it with: sluice worker start --pool ${pool}`);
}
