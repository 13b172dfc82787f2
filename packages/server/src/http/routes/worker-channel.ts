import { toInstant } from '@sluice/core/lib/time';
import { CHANNEL_CAPABILITIES, CHANNEL_VERSION, WorkerChannelHeartbeat, WorkerHello } from '@sluice/core/model/worker-channel';
import { templateRefusal } from '@sluice/core/process/job-template';
import { tellsOf } from '../../events/news.ts';
import { readRecord } from '../../store/records.ts';
import { insertWorkPool, listQueueNames, updateWorkPool } from '../../store/work-pools.ts';
import { heartbeat } from '../../store/workers.ts';
import type { Deps, Handlers } from '../handlers.ts';
import type { JsonSocket } from '../sockets/json-socket.ts';
import { CLOSE } from '../sockets/json-socket.ts';

type Channel = Pick<Deps, 'database' | 'desk' | 'newId'>;
type Hello = WorkerHello['payload'];

/** Why a channel is closed, in Prefect's words: its worker goes on by REST after these. */
class ChannelRefused extends Error {
  readonly code: number;
  constructor(reason: 'authorization_failed' | 'unsupported_version' | 'protocol_error') {
    super(reason);
    this.code = reason === 'protocol_error' ? CLOSE.protocol : CLOSE.policy;
  }
}

interface Pool {
  readonly id: string;
  readonly updated: string;
  readonly base_job_template: { readonly [key: string]: unknown };
}

async function readPool({ database: { sql } }: Pick<Channel, 'database'>, name: string): Promise<Pool | undefined> {
  const json = await readRecord(sql, 'work_pool_view', { name });
  return json ? (JSON.parse(json) as Pool) : undefined;
}

/** The pool of a worker: made, or given its template, when the worker says so. */
async function findPool(
  deps: Channel,
  name: string,
  { create_pool_if_not_found, worker_type: type, default_base_job_template }: Hello,
): Promise<Pool> {
  const { database, desk, newId } = deps;
  const base_job_template = default_base_job_template;
  const pool = await readPool(deps, name);
  if (pool && (Object.keys(pool.base_job_template).length > 0 || Object.keys(base_job_template).length === 0)) return pool;
  if (!pool && (!create_pool_if_not_found || name.toLowerCase().startsWith('prefect'))) throw new ChannelRefused('authorization_failed');
  if (templateRefusal(base_job_template)) throw new ChannelRefused('protocol_error');
  await (pool
    ? updateWorkPool(database.sql, name, { base_job_template })
    : database.transaction((tx) => insertWorkPool(tx, newId(), newId(), { name, type, base_job_template, is_paused: false })));
  desk.publish({ records: { work_pool: [name] } });
  return (await readPool(deps, name)) ?? refuseGone();
}

function refuseGone(): never {
  throw new ChannelRefused('authorization_failed');
}

/** The worker is online, and knows its pool and its queues. */
async function greet(deps: Channel, name: string, hello: Hello): Promise<{ pool: Pool; ready: object }> {
  if (!hello.supported_channel_versions.includes(CHANNEL_VERSION)) throw new ChannelRefused('unsupported_version');
  const { id } = await findPool(deps, name, hello);
  const queues = await listQueueNames(deps.database.sql, id);
  const asked = new Set(hello.work_queue_names);
  if ([...asked].some((queue) => !queues.some((one) => one.name === queue))) throw new ChannelRefused('authorization_failed');
  await beat(deps, id, hello);
  const pool = (await readPool(deps, name)) ?? refuseGone();
  const capabilities = [...new Set(hello.requested_capabilities)];
  const isKnown = (one: string) => CHANNEL_CAPABILITIES.includes(one);
  return {
    pool,
    ready: {
      consumer_id: hello.consumer_id,
      worker_id: null,
      selected_channel_version: CHANNEL_VERSION,
      effective_heartbeat_interval_seconds: hello.heartbeat_interval_seconds,
      accepted_capabilities: capabilities.filter(isKnown),
      rejected_capabilities: capabilities.filter((one) => !isKnown(one)),
      effective_max_cleanup_concurrency: 0,
      resolved_work_queues: queues.filter((queue) => asked.size === 0 || asked.has(queue.name)),
      initial_snapshot: { snapshot_sequence: 1, reason: 'initial', work_pool: pool },
    },
  };
}

async function beat(
  { database: { sql }, desk, newId }: Channel,
  poolId: string,
  worker: Pick<Hello, 'worker_name' | 'heartbeat_interval_seconds'>,
): Promise<void> {
  await heartbeat(sql, newId(), poolId, worker.worker_name, worker.heartbeat_interval_seconds);
  desk.publish({ records: { worker: [worker.worker_name] } });
}

/** Tells the worker of each change of its pool. Returns how to stop. */
function followPool(
  deps: Channel,
  name: string,
  first: Pool,
  { socket, send }: { socket: JsonSocket; send: (type: string, payload: object) => unknown },
) {
  let told = first.updated;
  let sequence = 1;
  let last = Promise.resolve();
  const tell = async () => {
    const pool = await readPool(deps, name);
    if (pool?.id !== first.id) return socket.close(CLOSE.policy, 'authorization_failed');
    if (pool.updated === told) return;
    told = pool.updated;
    sequence += 1;
    await send('work_pool.snapshot.v1', { snapshot_sequence: sequence, reason: 'work_pool_updated', work_pool: pool });
  };
  const named = new Set([name, first.id]);
  const look = () => {
    // What cannot be read now is told when the worker has connected again.
    last = last.then(tell).catch(() => socket.close(CLOSE.later, 'transient_server_error'));
  };
  const forget = deps.desk.subscribe(({ records: { work_pool = [] } }) => {
    if (tellsOf(work_pool, named)) look();
  });
  look(); // it may have changed while the worker was greeted
  return forget;
}

/** Prefect's worker channel, 3.9.1, without messages of infrastructure that is to be cleaned up. Runs are taken by REST. */
export const workerChannelHandlers = (deps: Deps): Handlers<'GET /work_pools/{name}/workers/connect'> => ({
  'GET /work_pools/{name}/workers/connect': async ({ params: { name }, socket }) => {
    const send = (type: string, payload: object) =>
      socket.send(JSON.stringify({ type, id: deps.newId(), sent_at: toInstant(Date.now() * 1000), payload }));
    try {
      const hello = WorkerHello.safeParse(await socket.receiveJson()).data?.payload;
      if (!hello) throw new ChannelRefused('protocol_error');
      const { pool, ready } = await greet(deps, name, hello);
      await send('worker.ready.v1', ready);
      const forget = followPool(deps, name, pool, { socket, send });
      try {
        await hearBeats(deps, pool.id, hello, socket);
      } finally {
        forget();
      }
    } catch (error) {
      if (!(error instanceof ChannelRefused)) throw error;
      socket.close(error.code, error.message);
    }
  },
});

async function hearBeats(deps: Channel, poolId: string, hello: Hello, socket: JsonSocket): Promise<void> {
  for (;;) {
    const message = await socket.receiveJson();
    if (socket.signal.aborted) return;
    const payload = WorkerChannelHeartbeat.safeParse(message).data?.payload;
    const isOwn = payload?.consumer_id === hello.consumer_id && payload.worker_name === hello.worker_name;
    if (!payload || !isOwn) throw new ChannelRefused('protocol_error');
    await beat(deps, poolId, payload);
  }
}
