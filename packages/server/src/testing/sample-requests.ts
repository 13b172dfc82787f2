import { leaseHeaders } from '@sluice/core/api/lease-header';
import type { RouteInput, RouteKey } from '@sluice/core/api/routes';
import { uuidv7 } from 'uuidv7';
import { aTableLoad } from './a-table-load.ts';
import { blockSamples, dataSamples, notificationPolicySamples, uiSamples } from './data-samples.ts';
import { deploymentSamples } from './deployment-samples.ts';
import { eventSamples } from './event-samples.ts';
import type { Call } from './http-call.ts';
import type { SampleRecords } from './sample-records.ts';
import { workQueueSamples } from './work-queue-samples.ts';

const EVER = { history_start: '2026-01-01T00:00:00Z', history_end: '2026-01-01T01:00:00Z', history_interval_seconds: 60 };
const AT = '2026-11-24T10:00:00Z';

interface Headers {
  readonly headers?: { readonly [name: string]: string };
}

export type Samples<Path extends string> = { [K in Extract<RouteKey, `${string} ${Path}${string}`>]: RouteInput<K> & Headers };

function adminSamples(
  records: SampleRecords,
  fresh: string,
): Samples<'/overview' | '/health' | '/ready' | '/version' | '/admin/' | '/hello' | '/csrf-token'> {
  return {
    'GET /overview': {},
    'GET /health': {},
    'GET /ready': {},
    'GET /version': {},
    'GET /admin/version': {},
    'GET /admin/config': {},
    'GET /admin/status': {},
    'GET /admin/settings': {},
    'GET /admin/storage': {},
    'PUT /admin/storage': { body: { default_result_storage_block_id: records.block } },
    'DELETE /admin/storage': {},
    'GET /hello': {},
    'GET /csrf-token': { query: { client: fresh } },
  };
}

function flowSamples(records: SampleRecords, fresh: string): Samples<'/flows/'> {
  const flow = { params: { id: records.flow } };
  return {
    'POST /flows/': { body: { name: `flow ${fresh}`, tags: ['a'], labels: { team: 'data' } } },
    'GET /flows/{id}': flow,
    'GET /flows/name/{name}': { params: { name: 'sample flow' } },
    'PATCH /flows/{id}': { ...flow, body: { tags: ['b'] } },
    'DELETE /flows/{id}': { params: { id: records.flow } },
    'POST /flows/filter': { body: { flows: { name: { like_: 'sample' } }, limit: 5 } },
    'POST /flows/paginate': { body: { flows: { name: { like_: 'sample' } }, limit: 5, page: 1 } },
    'POST /flows/bulk_delete': { body: { flows: { name: { any_: ['no such flow'] } } } },
    'POST /flows/count': { body: { flow_runs: { id: { any_: [records.run] } } } },
  };
}

function flowRunSamples(records: SampleRecords, fresh: string): Samples<'/flow_runs/' | '/flow_run_states/'> {
  const run = { params: { id: records.run } };
  return {
    'POST /flow_runs/': {
      body: { flow_id: records.flow, name: 'run', parameters: { a: 1 }, tags: ['t'], idempotency_key: fresh, state: { type: 'SCHEDULED' } },
    },
    'GET /flow_runs/{id}': run,
    'PATCH /flow_runs/{id}': { ...run, body: { name: 'renamed', tags: ['x'], infrastructure_pid: 'host:1' } },
    'DELETE /flow_runs/{id}': run,
    'POST /flow_runs/filter': { body: { flow_runs: { state: { type: { any_: ['RUNNING'] } } }, sort: 'START_TIME_DESC', limit: 10 } },
    'POST /flow_runs/page': { body: { flow_runs: { state: { type: { any_: ['RUNNING'] } } }, sort: 'START_TIME_DESC', limit: 10 } },
    'POST /flow_runs/summary': { body: { flows: { id: { any_: [records.flow] } } } },
    'POST /flow_runs/count': { body: { deployments: { id: { any_: [records.deployment] } } } },
    'POST /flow_runs/history': { body: EVER },
    'POST /flow_runs/paginate': { body: { flows: { id: { any_: [records.flow] } }, sort: 'NAME_ASC', limit: 10, page: 2 } },
    'POST /flow_runs/lateness': { body: { flows: { id: { any_: [records.flow] } } } },
    'PATCH /flow_runs/{id}/labels': { ...run, body: { team: 'data', size: 3 } },
    'GET /flow_runs/{id}/graph': run,
    'GET /flow_runs/{id}/graph-v2': { ...run, query: { since: AT } },
    'GET /flow_runs/{id}/logs/download': run,
    'POST /flow_runs/{id}/input': { ...run, body: { key: `sent-${fresh}`, value: '{"a": 1}', sender: `prefect.flow-run.${records.run}` } },
    'POST /flow_runs/{id}/input/filter': { ...run, body: { prefix: 'sent-', limit: 10, exclude_keys: ['sent-1'] } },
    'GET /flow_runs/{id}/input/{key}': { params: { id: records.run, key: 'sample' } },
    'DELETE /flow_runs/{id}/input/{key}': { params: { id: records.run, key: 'sample' } },
    'POST /flow_runs/{id}/set_state': {
      ...run,
      body: { state: { type: 'RUNNING', message: 'on', state_details: { transition_id: fresh } }, force: true },
    },
    'POST /flow_runs/{id}/beat': { params: { id: records.held_run }, body: { epoch: 1 } },
    'POST /flow_runs/{id}/resume': { ...run, body: {} },
    'GET /flow_run_states/': { query: { flow_run_id: records.run } },
    'GET /flow_run_states/{id}': { params: { id: records.run_state } },
    'POST /flow_runs/wait': { body: { ids: [records.run], since: {}, wait_seconds: 0 } },
    'GET /flow_runs/{id}/board': run,
    'GET /flow_runs/{id}/wait_reason': run,
    'GET /flow_runs/{id}/trace': run,
    'PUT /flow_runs/{id}/progress': { ...run, body: { label: 'rows', done: 5, total: 10 } },
    'POST /flow_runs/progress': { body: { ids: [records.run] } },
    'POST /flow_runs/bulk_set_state': { body: { flow_runs: { tags: { all_: ['bulk'] } }, state: { type: 'CANCELLING' }, limit: 50 } },
    'POST /flow_runs/bulk_delete': { body: { flow_runs: { tags: { all_: ['bulk'] } } } },
    'GET /flow_runs/{id}/restart': { params: { id: records.ended_run }, query: { from_task_run_id: records.ended_task } },
    'POST /flow_runs/{id}/restart': { params: { id: records.ended_run }, body: { from_task_run_id: records.ended_task } },
  };
}

function taskRunSamples(
  records: SampleRecords,
  fresh: string,
): Omit<Samples<'/task_runs/' | '/task_run_states/' | '/results/'>, 'GET /task_runs/subscriptions/scheduled'> {
  const task = { params: { id: records.task } };
  return {
    'POST /task_runs/': { body: { flow_run_id: records.run, task_key: 'k', dynamic_key: fresh, name: 'task', tags: ['t'], task_inputs: { x: [1] } } },
    'GET /task_runs/{id}': task,
    'GET /task_runs/{id}/wait_reason': task,
    'PATCH /task_runs/{id}': { ...task, body: { name: 'renamed' } },
    'DELETE /task_runs/{id}': task,
    'POST /task_runs/filter': { body: { task_runs: { flow_run_id: { any_: [records.run] } }, sort: 'NAME_ASC' } },
    'POST /task_runs/page': { body: { task_runs: { flow_run_id: { any_: [records.run] } }, sort: 'NAME_ASC' } },
    'POST /task_runs/summary': { body: { flow_runs: { id: { any_: [records.run] } } } },
    'POST /task_runs/count': { body: { flows: { id: { any_: [records.flow] } } } },
    'POST /task_runs/paginate': { body: { flow_runs: { id: { any_: [records.run] } }, sort: 'DURATION_DESC', limit: 5 } },
    'POST /task_runs/history': { body: EVER },
    'POST /task_runs/{id}/set_state': { ...task, body: { state: { type: 'RUNNING', data: { a: 1 } }, force: true } },
    'GET /task_run_states/': { query: { task_run_id: records.task } },
    'GET /task_run_states/{id}': { params: { id: records.task_state } },
    'POST /task_runs/step': {
      body: { task_run: { id: fresh, flow_run_id: records.run, task_key: 'k', dynamic_key: fresh }, state: { type: 'RUNNING' } },
    },
    'GET /results/{id}': { params: { id: records.result } },
  };
}

function workPoolSamples(records: SampleRecords, fresh: string): Samples<'/work_pools/'> {
  const pool = { params: { name: 'sample-pool' } };
  const beat = { worker_id: records.worker, name: 'sample-worker', concurrency_limit: 2, heartbeat_interval_seconds: 10, host: 'h', pid: 1 };
  return {
    'POST /work_pools/': { body: { name: `pool ${fresh}`, type: 'process', concurrency_limit: 3, base_job_template: {} } },
    'GET /work_pools/{name}': pool,
    'PATCH /work_pools/{name}': { ...pool, body: { description: 'd', is_paused: false, concurrency_limit: 5 } },
    'DELETE /work_pools/{name}': pool,
    'POST /work_pools/filter': { body: { work_pools: { type: { any_: ['process'] } } } },
    'POST /work_pools/count': { body: {} },
    'POST /work_pools/{name}/concurrency_status': { ...pool, body: { limit: 5, page: 1, flow_run_limit: 2 } },
    'POST /work_pools/{name}/get_scheduled_flow_runs': { ...pool, body: { work_queue_names: ['default'], scheduled_before: AT, limit: 5 } },
    'POST /work_pools/{name}/queues': { ...pool, body: { name: `queue ${fresh}`, priority: 1, concurrency_limit: 2 } },
    'POST /work_pools/{name}/queues/filter': { ...pool, body: { work_queues: { name: { startswith_: 'def' } } } },
    'GET /work_pools/{name}/queues/{queue}': { params: { name: 'sample-pool', queue: 'default' } },
    'PATCH /work_pools/{name}/queues/{queue}': { params: { name: 'sample-pool', queue: 'sample-queue' }, body: { priority: 2, description: 'q' } },
    'DELETE /work_pools/{name}/queues/{queue}': { params: { name: 'sample-pool', queue: 'sample-queue' } },
    'GET /work_pools/{name}/overview': pool,
    'GET /work_pools/{name}/waits': { ...pool, query: { over: 'hour' } },
    'GET /work_pools/{name}/queue_depth': pool,
    'GET /work_pools/{name}/workers/connect': pool,
    'POST /work_pools/{name}/workers/heartbeat': { ...pool, body: { name: 'prefect-worker', heartbeat_interval_seconds: 30 } },
    'POST /work_pools/{name}/workers/filter': { ...pool, body: { workers: { status: { any_: ['ONLINE'] } } } },
    'DELETE /work_pools/{name}/workers/{worker}': { params: { name: 'sample-pool', worker: 'sample-worker' } },
    'POST /work_pools/{name}/workers/beat': { ...pool, body: { ...beat, leases: [{ flow_run_id: records.run, epoch: 9, stalled_seconds: 1 }] } },
    'POST /work_pools/{name}/claim': { ...pool, body: { worker_id: records.worker, work_queue_names: ['default'], wait_seconds: 0 } },
  };
}

function limitSamples(records: SampleRecords, fresh: string): Samples<'/v2/concurrency_limits/' | '/concurrency_limits/' | '/limits'> {
  return {
    'GET /limits': { query: { kind: 'global' } },
    'POST /v2/concurrency_limits/': { body: { name: `limit ${fresh}`, limit: 4, slot_decay_per_second: 0.5 } },
    'GET /v2/concurrency_limits/{id_or_name}': { params: { id_or_name: 'sample limit' } },
    'PATCH /v2/concurrency_limits/{id_or_name}': { params: { id_or_name: records.limit }, body: { limit: 50, active: true } },
    'DELETE /v2/concurrency_limits/{id_or_name}': { params: { id_or_name: 'sample limit' } },
    'POST /v2/concurrency_limits/filter': { body: { limit: 5, offset: 0 } },
    'POST /v2/concurrency_limits/increment': { body: { names: ['sample limit'], slots: 1, mode: 'concurrency', create_if_missing: null } },
    'POST /v2/concurrency_limits/decrement': { body: { names: ['sample limit'], slots: 1, occupancy_seconds: 2.5 } },
    'POST /v2/concurrency_limits/increment-with-lease': {
      body: { names: ['sample limit'], slots: 1, lease_duration: 60, holder: { type: 'task_run', id: records.task }, token_above: 5 },
    },
    'POST /v2/concurrency_limits/decrement-with-lease': { body: { lease_id: records.lease } },
    'POST /v2/concurrency_limits/leases/{id}/renew': { params: { id: records.lease }, body: { lease_duration: 60 } },
    'POST /concurrency_limits/': { body: { tag: `tag ${fresh}`, concurrency_limit: 2 } },
    'GET /concurrency_limits/{id}': { params: { id: records.tag_limit } },
    'GET /concurrency_limits/tag/{tag}': { params: { tag: 'sample' } },
    'DELETE /concurrency_limits/{id}': { params: { id: records.tag_limit } },
    'DELETE /concurrency_limits/tag/{tag}': { params: { tag: 'other' } },
    'POST /concurrency_limits/tag/{tag}/reset': { params: { tag: 'sample' }, body: { slot_override: [records.task] } },
    'POST /concurrency_limits/increment': { body: { names: ['a tag without a limit'], task_run_id: records.task } },
    'POST /concurrency_limits/decrement': { body: { names: ['other'], task_run_id: records.task } },
    'POST /concurrency_limits/filter': { body: { limit: 5 } },
  };
}

function logSamples(records: SampleRecords): Samples<'/logs/'> {
  return {
    'POST /logs/': { body: [{ name: 'n', level: 20, message: 'hello', timestamp: AT, flow_run_id: records.run, task_run_id: records.task }] },
    'POST /logs/filter': { body: { logs: { flow_run_id: { any_: [records.run] }, level: { ge_: 10 } }, sort: 'TIMESTAMP_DESC' } },
    'POST /logs/page': {
      body: {
        logs: { flow_run_id: { any_: [records.run] }, text: { query: '+hello -"no such"' } },
        sort: 'TIMESTAMP_DESC',
        limit: 10,
        descendants: true,
      },
    },
    'GET /logs/out': {},
    'POST /logs/histogram': { body: { logs: { level: { ge_: 20 } }, start: '2026-11-24T00:00:00Z', end: AT, intervals: 10 } },
  };
}

function tableLoadSamples(records: SampleRecords, fresh: string): Samples<'/table_loads/'> {
  return {
    'POST /table_loads/': { body: aTableLoad(records.run, fresh) },
    'POST /table_loads/filter': { body: { table: 'public.orders', newest: true, limit: 5 } },
    'GET /table_loads/{id}': { params: { id: records.table_load } },
  };
}

function bundleSamples(records: SampleRecords, fresh: string): Samples<'/bundles/'> {
  const named = { name: records.bundle_name };
  const name = fresh.replaceAll('-', '').padEnd(64, '0');
  return {
    'POST /bundles/': { body: { name, bytes: 10, unpacked_bytes: 20, files: 1, chunks: 1 } },
    'PUT /bundles/{id}/chunks/{index}': { params: { id: records.upload, index: '0' }, body: { data: 'AAAA' } },
    'POST /bundles/{id}/check': { params: { id: records.bundle_id } },
    'POST /bundles/filter': { body: { name_like: records.bundle_name.slice(0, 12), limit: 5 } },
    'POST /bundles/prune': { body: { days: 1 } },
    'GET /bundles/{name}': { params: named },
    'GET /bundles/{name}/chunks/{index}': { params: { ...named, index: '0' } },
  };
}

function sourceSamples(records: SampleRecords, fresh: string): Samples<'/sources/'> {
  return {
    'POST /sources/': { body: { name: `source ${fresh}`, url: 'postgres://me:word@host:5432/db', set_by: 'me@here' } },
    'POST /sources/filter': { body: { name: 'sample-source', limit: 5 } },
    'POST /sources/url': { body: { name: 'sample-source' }, headers: leaseHeaders(records.held_run, 1) },
    'DELETE /sources/{id}': { params: { id: records.source } },
  };
}

/** A good request for every route: a route without one is a type error. Names of what they make are new at every call. */
export function sampleRequests(records: SampleRecords): { [K in RouteKey]: RouteInput<K> & Headers } {
  const fresh = uuidv7();
  return {
    ...adminSamples(records, fresh),
    ...flowSamples(records, fresh),
    ...flowRunSamples(records, fresh),
    ...taskRunSamples(records, fresh),
    ...deploymentSamples(records, fresh),
    ...workPoolSamples(records, fresh),
    ...workQueueSamples(records, fresh),
    ...limitSamples(records, fresh),
    ...eventSamples(records, fresh),
    ...logSamples(records),
    ...tableLoadSamples(records, fresh),
    ...bundleSamples(records, fresh),
    ...sourceSamples(records, fresh),
    ...dataSamples(records, fresh),
    ...blockSamples(records, fresh),
    ...notificationPolicySamples(records),
    ...uiSamples(records),
  };
}

export interface SampleRequest extends Headers {
  readonly params?: { readonly [name: string]: string };
  readonly query?: { readonly [name: string]: string };
  readonly body?: unknown;
}

/** A sample as method, path and body. */
export function toCall(key: string, { params = {}, query = {}, body, headers }: SampleRequest): { method: string; path: string; options: Call } {
  const [method, template] = key.split(' ') as [string, string];
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const search = new URLSearchParams(query).toString();
  return { method, path: search ? `${path}?${search}` : path, options: { ...(body !== undefined && { body }), ...(headers && { headers }) } };
}
