import { z } from 'zod';
import { instant, jsonObject, positive, uuid } from './common.ts';

/*
 * The messages of Prefect's workers on their websocket, 3.9.1. Of what a worker can ask for there are heartbeats and pools that have
 * changed; infrastructure that is to be cleaned up is told to nobody.
 */

export const CHANNEL_VERSION = 'work_pool_worker_channel.v1';
export const CHANNEL_CAPABILITIES: readonly string[] = ['worker_heartbeat.v1', 'work_pool_snapshot.v1'];
const CLEANUP = 'cleanup_delivery.v1';

const word = z.string().min(1).max(1000);
const frame = { id: uuid, sent_at: instant };
const beat = { consumer_id: uuid, worker_name: word, heartbeat_interval_seconds: positive.max(86_400) };

export const WorkerHello = z.strictObject({
  ...frame,
  type: z.literal('worker.hello.v1'),
  payload: z
    .strictObject({
      ...beat,
      worker_type: word,
      supported_channel_versions: z.array(word).min(1).max(100),
      requested_capabilities: z.array(word).min(1).max(100),
      work_queue_names: z.array(word).max(1000).default([]),
      handled_cleanup_kinds: z.array(z.enum(['cancelling_timeout_teardown.v1', 'pending_claim_teardown.v1'])).default([]),
      max_cleanup_concurrency: z.int().min(0).default(0),
      create_pool_if_not_found: z.boolean().default(false),
      default_base_job_template: jsonObject.default({}),
      worker_metadata: jsonObject.nullish(),
    })
    .refine(({ requested_capabilities }) => CHANNEL_CAPABILITIES.every((one) => requested_capabilities.includes(one)))
    .refine(
      ({ requested_capabilities, handled_cleanup_kinds, max_cleanup_concurrency }) =>
        requested_capabilities.includes(CLEANUP) || (handled_cleanup_kinds.length === 0 && max_cleanup_concurrency === 0),
    ),
});
export type WorkerHello = z.output<typeof WorkerHello>;

export const WorkerChannelHeartbeat = z.strictObject({ ...frame, type: z.literal('worker.heartbeat.v1'), payload: z.strictObject(beat) });
