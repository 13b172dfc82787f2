import type { z } from 'zod';
import { GlobalConcurrencyLimit } from '../model/concurrency-limit.ts';
import { Deployment } from '../model/deployment.ts';
import { Event } from '../model/event.ts';
import { Log } from '../model/log.ts';
import { Progress } from '../model/progress.ts';
import { WorkPool, WorkQueue } from '../model/work-pool.ts';
import { Worker } from '../model/worker.ts';
import { ChangedArtifact, ChangedRecord, Deleted, FlowRunEvent, TaskRunEvent } from './run-event.ts';

/** What a topic reports. */
export interface Topic {
  readonly data: z.ZodType;
  /**
   * Kept: each event is a row, and none is missed, however long a reader was away. The others tell that a record is another one
   * now, with the record; after a gap a reader is told to read them again. So it is with what was deleted, of all topics.
   */
  readonly kept: boolean;
}

/** What the stream of events reports: a topic is a row here, and a reader of its rows in the server's store. */
export const TOPICS = {
  flow_run: { data: FlowRunEvent.or(Deleted), kept: true },
  task_run: { data: TaskRunEvent, kept: true },
  log: { data: Log, kept: true },
  event: { data: Event, kept: true },
  progress: { data: Progress, kept: false },
  worker: { data: Worker.or(Deleted), kept: false },
  work_pool: { data: WorkPool.or(Deleted), kept: false },
  work_queue: { data: WorkQueue.or(Deleted), kept: false },
  deployment: { data: Deployment.or(Deleted), kept: false },
  concurrency_limit: { data: GlobalConcurrencyLimit.or(Deleted), kept: false },
  flow: { data: ChangedRecord.or(Deleted), kept: false },
  automation: { data: ChangedRecord.or(Deleted), kept: false },
  artifact: { data: ChangedArtifact.or(Deleted), kept: false },
  variable: { data: ChangedRecord.or(Deleted), kept: false },
  block_document: { data: ChangedRecord.or(Deleted), kept: false },
} as const satisfies { readonly [name: string]: Topic };

export type TopicName = keyof typeof TOPICS;
type NamesOf<K extends boolean> = { [N in TopicName]: (typeof TOPICS)[N]['kept'] extends K ? N : never }[TopicName];
/** Topics whose events are rows. */
export type KeptTopic = NamesOf<true>;
/** Topics that tell of records. */
export type RecordTopic = NamesOf<false>;
/** Topics that tell of records by their names. Flow runs are named when they are deleted: their states are events of their own. */
export type NamedTopic = RecordTopic | 'flow_run';

export const TOPIC_NAMES = Object.keys(TOPICS) as readonly TopicName[];
export const isKept = (topic: TopicName): topic is KeptTopic => TOPICS[topic].kept;
export const KEPT_TOPICS: readonly KeptTopic[] = TOPIC_NAMES.filter(isKept);
export const NAMED_TOPICS: readonly NamedTopic[] = ['flow_run', ...TOPIC_NAMES.filter((topic) => !isKept(topic))] as NamedTopic[];

/**
 * What a reader of the stream gets. `ready` comes first: all that happens from then on is told, so lists that are read after it
 * have no gap to the events. `reset` names topics of which something was missed: what the reader has of them must be read again.
 */
export type Told =
  | { readonly topic: 'ready' }
  | { readonly topic: 'reset'; readonly data: { readonly topics: readonly TopicName[] } }
  | { [N in TopicName]: { readonly topic: N; readonly data: z.output<(typeof TOPICS)[N]['data']> } }[TopicName];
