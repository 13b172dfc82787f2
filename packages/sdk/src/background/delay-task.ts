import { createHash } from 'node:crypto';
import type { Client } from '@sluice/client';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Json } from '@sluice/core/lib/json';
import { isResultData, RESULT_TYPE } from '@sluice/core/model/result';
import type { State, StateCreate } from '@sluice/core/model/state';
import { isFinal } from '@sluice/core/model/state-type';
import { uuidv7 } from 'uuidv7';
import { currentScope, currentTask } from '../context.ts';
import { empiricalPolicy } from '../engine/empirical-policy.ts';
import { checkpointKey } from '../engine/flow-run-scope.ts';
import { keyName, runName, safeName } from '../engine/names.ts';
import type { Task } from '../model/task.ts';
import { readResult } from '../runs/results.ts';
import { useClient } from '../settings/use-client.ts';
import { encode, Inexact } from '../values/codec.ts';
import { type TaskRunHandle, taskRunHandle } from './task-run-handle.ts';

/** The input stays in the state that schedules the run, of which the server takes 128 KiB. */
const MAX_INPUT_BYTES = 100 * 1024;

const SCHEDULED: StateCreate = { type: 'SCHEDULED', state_details: { deferred: true } };

/**
 * Makes a task run that any process which serves the task takes. Prefect 3.9.1 does so, but keeps the parameters where only Python finds
 * them. In a flow that is done again the same call is the same task run, and begins anew when it had failed.
 */
export async function delayTask<In, Out>(task: Task<In, Out>, input: In): Promise<TaskRunHandle<Awaited<Out>>> {
  const { options, taskName } = task;
  const data = keepInput(input, taskName);
  const task_key = keyName(taskName);
  const id = idOfCall(task_key, input);
  const name = runName(options.runName, input, console.warn) ?? safeName(`${taskName}-${id.slice(-8)}`);
  const body = { id, name, task_key, dynamic_key: id, tags: [...(options.tags ?? [])], empirical_policy: empiricalPolicy(options) };
  await useClient(async (client) => {
    const { ourRoutes } = await client.capabilities();
    const propose = (state: StateCreate) => client.request('POST /task_runs/{id}/set_state', { params: { id }, body: { state } });
    const made = await client.request('POST /task_runs/', { body: { ...body, state: ourRoutes ? { ...SCHEDULED, data } : { type: 'PENDING' } } });
    // Prefect's server (3.9.1) fails at data in the state of a new task run, and in one that schedules it.
    if (made.state_type === 'PENDING') await propose({ type: 'PENDING', data });
    if (made.state_type !== 'COMPLETED' && (made.state_type === 'PENDING' || isFinal(made.state_type))) await propose(SCHEDULED);
  });
  return taskRunHandle(id);
}

function idOfCall(task_key: string, input: unknown): string {
  const scope = currentScope();
  if (!scope) return uuidv7();
  const { key, opaque } = (currentTask()?.keys ?? scope.keys).next(`delay ${task_key}`, input);
  if (opaque) return uuidv7();
  const hash = createHash('sha256')
    .update(`${scope.info.flow_run_id} ${checkpointKey(`delay ${task_key}`, key)}`)
    .digest('hex');
  // Version 8 of UUIDs: its bits are whoever makes it says.
  return [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, `8${hash.slice(17, 20)}`, hash.slice(20, 32)].join('-');
}

function keepInput(input: unknown, taskName: string): Json {
  if (input === undefined) return { type: RESULT_TYPE };
  try {
    const { codec, text } = encode(input);
    const bytes = Buffer.byteLength(text);
    if (bytes > MAX_INPUT_BYTES) throw refused(taskName, `has ${bytes} bytes; at most ${MAX_INPUT_BYTES} are kept`);
    return codec === 'json' ? { type: RESULT_TYPE, value: JSON.parse(text) as Json } : { type: RESULT_TYPE, codec, value: text };
  } catch (error) {
    if (error instanceof Inexact) throw refused(taskName, `cannot be kept: ${error.message}`);
    throw error;
  }
}

const refused = (taskName: string, why: string) =>
  new SluiceError('PARAMETERS_INVALID', `The input of task '${taskName}' ${why}.`, { hint: 'Give plain data, or where the data is.' });

/** The input of a task run that was put off. It is in its first state: later ones are of its retries. */
export async function readInput(client: Client, task_run_id: string): Promise<unknown> {
  const states = await client.request('GET /task_run_states/', { query: { task_run_id } });
  const first: State | undefined = states.find(({ type, data }) => type !== 'COMPLETED' && isResultData(data));
  if (first) return readResult(client, first);
  throw new SluiceError('PARAMETERS_INVALID', 'Its input was not written by this SDK, and cannot be read here.', {
    hint: 'Tasks that are served in TypeScript are delayed in TypeScript.',
  });
}
