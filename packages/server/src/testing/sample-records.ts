import { uuidv7 } from 'uuidv7';
import { aBundle } from './a-bundle.ts';
import { aTableLoad } from './a-table-load.ts';
import type { Call } from './http-call.ts';

/** Ids of records that the samples are about. */
export interface SampleRecords {
  readonly flow: string;
  readonly deployment: string;
  readonly schedule: string;
  /** A queue of no pool of its own. */
  readonly queue: string;
  readonly run: string;
  /** Held by a process that is no worker's, in epoch 1. */
  readonly held_run: string;
  /** The URL of a source that the held run names. */
  readonly source: string;
  readonly task: string;
  readonly ended_run: string;
  readonly ended_task: string;
  readonly run_state: string;
  readonly task_state: string;
  readonly result: string;
  readonly limit: string;
  readonly tag_limit: string;
  readonly lease: string;
  readonly table_load: string;
  /** One that is there, and one that is on its way. */
  readonly bundle_name: string;
  readonly bundle_id: string;
  readonly upload: string;
  /** A worker's incarnation. */
  readonly worker: string;
  readonly variable: string;
  readonly automation: string;
  readonly artifact: string;
  readonly saved_search: string;
  readonly block_type: string;
  readonly block_schema: string;
  readonly block_checksum: string;
  readonly block: string;
  readonly spare_block_type: string;
  readonly spare_block_schema: string;
  readonly spare_block: string;
  readonly notification_policy: string;
}

/** A type with two schemas and blocks, and a type of nothing. */
async function makeBlocks(make: (method: string, path: string, body: unknown) => Promise<{ id: string }>) {
  const { id: block_type_id } = await make('POST', '/block_types/', { name: 'sample type', slug: 'sample-type' });
  const { id: spare_block_type } = await make('POST', '/block_types/', { name: 'spare type', slug: 'spare-type' });
  const schema = await make('POST', '/block_schemas/', {
    block_type_id,
    fields: { secret_fields: ['a'] },
    capabilities: ['write-path'],
  });
  const { id: spare_block_schema } = await make('POST', '/block_schemas/', { block_type_id, fields: { title: 'spare' } });
  const block = { block_type_id, block_schema_id: schema.id, data: { a: 1 } };
  const { id: block_document_id } = await make('POST', '/block_documents/', { ...block, name: 'sample' });
  const { id: spare_block } = await make('POST', '/block_documents/', { ...block, is_anonymous: true });
  const policy = await make('POST', '/flow_run_notification_policies/', { state_names: ['Failed'], tags: [], block_document_id });
  return {
    block_type: block_type_id,
    block_schema: schema.id,
    block_checksum: (schema as unknown as { checksum: string }).checksum,
    block: block_document_id,
    spare_block_type,
    spare_block_schema,
    spare_block,
    notification_policy: policy.id,
  };
}

type Send = (method: string, path: string, options?: Call) => Promise<{ status: number; json: unknown }>;

/** Makes the records that the samples are about. */
export async function makeSampleRecords(send: Send): Promise<SampleRecords> {
  const make = async (method: string, path: string, body: unknown) => {
    const { status, json } = await send(method, path, { body });
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(json)}`);
    return json as { id: string; state_id: string; state: { id: string }; lease_id: string };
  };
  await make('POST', '/work_pools/', { name: 'sample-pool' });
  await make('POST', '/work_pools/sample-pool/queues', { name: 'sample-queue' });
  const { id: queue } = await make('POST', '/work_queues/', { name: 'sample-legacy-queue' });
  const worker = uuidv7();
  const beat = { worker_id: worker, name: 'sample-worker', concurrency_limit: 2, heartbeat_interval_seconds: 10, host: 'h', pid: 1, leases: [] };
  await make('POST', '/work_pools/sample-pool/workers/beat', beat);
  const { id: flow } = await make('POST', '/flows/', { name: 'sample flow' });
  const { id: deployment } = await make('POST', '/deployments/', {
    name: 'sample deployment',
    flow_id: flow,
    work_pool_name: 'sample-pool',
    parameter_openapi_schema: { type: 'object', properties: { a: { type: 'integer' } } },
  });
  const [{ id: schedule }] = (await make('POST', `/deployments/${deployment}/schedules`, [
    { schedule: { cron: '0 6 * * *', timezone: 'Europe/Oslo' }, slug: 'daily' },
  ])) as unknown as [{ id: string }];
  const { id: run, state_id: run_state } = await make('POST', '/flow_runs/', { flow_id: flow, state: { type: 'RUNNING' } });
  const { id: held_run } = await make('POST', '/flow_runs/', {
    flow_id: flow,
    holder: { id: worker, name: 'script' },
    parameters: { source: 'sample-source' },
  });
  const { id: source } = await make('POST', '/sources/', { name: 'sample-source', url: 'postgres://me@host/db' });
  await make('POST', `/flow_runs/${run}/input`, { key: 'sample', value: 'said' });
  const { id: task } = await make('POST', '/task_runs/', { flow_run_id: run, task_key: 'sample', dynamic_key: '0' });
  const done = { type: 'COMPLETED', data: { type: 'sluice/v1', value: { rows: 7 } } };
  const { state } = await make('POST', `/task_runs/${task}/set_state`, { state: done });
  const ended = { flow_id: flow, deployment_id: deployment, state: { type: 'RUNNING' } };
  const { id: ended_run } = await make('POST', '/flow_runs/', ended);
  const { id: ended_task } = await make('POST', '/task_runs/', { flow_run_id: ended_run, task_key: 'sample', dynamic_key: '0' });
  await make('POST', `/task_runs/${ended_task}/set_state`, { state: done });
  await make('POST', `/flow_runs/${ended_run}/set_state`, { state: { type: 'FAILED' } });
  const { id: limit } = await make('POST', '/v2/concurrency_limits/', { name: 'sample limit', limit: 100 });
  const { id: table_load } = await make('POST', '/table_loads/', aTableLoad(run, 'a load'));
  const { id: tag_limit } = await make('POST', '/concurrency_limits/', { tag: 'sample', concurrency_limit: 2 });
  await make('POST', '/concurrency_limits/', { tag: 'other', concurrency_limit: 2 });
  const { lease_id: lease } = await make('POST', '/v2/concurrency_limits/increment-with-lease', { names: ['sample limit'], slots: 1 });
  const { said, chunk } = aBundle();
  const { id: bundle_id } = await make('POST', '/bundles/', said);
  await make('PUT', `/bundles/${bundle_id}/chunks/0`, chunk);
  await make('POST', `/bundles/${bundle_id}/check`, undefined);
  const { id: upload } = await make('POST', '/bundles/', { ...said, name: said.name.replaceAll(/[a-f]/g, '0') });
  const { id: variable } = await make('POST', '/variables/', { name: 'sample_variable', value: 'one' });
  await make('POST', '/variables/', { name: 'other_variable', value: 1 });
  const { id: artifact } = await make('POST', '/artifacts/', { key: 'sample', type: 'progress', data: 10, flow_run_id: run });
  await make('POST', '/artifacts/', { key: 'sample', type: 'progress', data: 10, task_run_id: task });
  const { id: automation } = await make('POST', '/automations/', { name: 'sample automation', trigger: { posture: 'Reactive' }, actions: [] });
  const { id: saved_search } = await make('PUT', '/saved_searches/', { name: 'sample search' });
  return {
    bundle_name: said.name,
    bundle_id,
    upload,
    flow,
    deployment,
    schedule,
    queue,
    run,
    held_run,
    source,
    task,
    ended_run,
    ended_task,
    run_state,
    task_state: state.id,
    result: state.id,
    limit,
    tag_limit,
    table_load,
    lease,
    worker,
    variable,
    automation,
    artifact,
    saved_search,
    ...(await makeBlocks(make)),
  };
}
