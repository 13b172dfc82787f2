import type { NamedTopic, RecordTopic } from '@sluice/core/events/topics';
import type { Fragment, Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

/** A record as it is now; `data` is the JSON text that goes over the wire. */
export interface RecordEvent {
  readonly topic: NamedTopic;
  readonly id: string;
  readonly flow_run_id: string | null;
  readonly data: string;
  /** It moves no reader. */
  readonly position?: undefined;
}

interface Place {
  readonly view: string;
  /** By what they are named in news. */
  readonly names: readonly string[];
  /** What is told of them; all that the view has when it is left out. */
  readonly told?: readonly string[];
}

const NAMED = ['id', 'name', 'updated'];

/** Where the records of a topic stand. */
const PLACES: { readonly [T in RecordTopic]: Place } = {
  progress: { view: 'progress', names: ['flow_run_id'] },
  worker: { view: 'worker_view', names: ['id', 'name'] },
  work_pool: { view: 'work_pool_view', names: ['id', 'name'] },
  work_queue: { view: 'work_queue_view', names: ['id'] },
  deployment: { view: 'deployment_view', names: ['id'] },
  concurrency_limit: { view: 'concurrency_limit_view', names: ['id', 'name'] },
  flow: { view: 'flow_view', names: ['id'], told: NAMED },
  automation: { view: 'automation_view', names: ['id'], told: NAMED },
  artifact: { view: 'artifact_view', names: ['id'], told: ['id', 'key', 'type', 'flow_run_id', 'task_run_id', 'updated'] },
  variable: { view: 'variable_view', names: ['id'], told: NAMED },
  block_document: { view: 'block_document_view', names: ['id'], told: NAMED },
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const deleted = (topic: NamedTopic, id: string): RecordEvent => ({ topic, id, flow_run_id: null, data: JSON.stringify({ id, deleted: true }) });

/** Topics whose records are of a flow run. */
const OF_RUNS: readonly NamedTopic[] = ['progress', 'artifact'];

/** The records of a topic that news have named, as they are now. One that is gone is told as deleted, where its id is known. */
export async function readNamedRecords(sql: Sql, topic: NamedTopic, named: readonly string[]): Promise<RecordEvent[]> {
  if (topic === 'flow_run') return named.map((id) => ({ ...deleted(topic, id), flow_run_id: id }));
  const { view, names, told } = PLACES[topic];
  const key = sql(names[0] as string);
  const isNamed = names
    .map((name): Fragment => sql`v.${sql(name)}::text = any(${pgArray(named)}::text[])`)
    .reduce((all, next) => sql`${all} or ${next}`);
  const flowRun = OF_RUNS.includes(topic) ? sql`v.flow_run_id` : sql`null::uuid`;
  const columns = told ? sql`${sql(told)}` : sql`*`;
  const rows = await sql<Omit<RecordEvent, 'topic'>[]>`
    select v.${key} as id, ${flowRun} as flow_run_id, row_to_json(v)::text as data from (select ${columns} from ${sql(view)}) v where ${isNamed}`;
  const there = new Set(rows.map(({ id }) => id));
  const gone = topic === 'progress' ? [] : named.filter((name) => UUID.test(name) && !there.has(name));
  return [...rows.map((row) => ({ topic, ...row })), ...gone.map((id) => deleted(topic, id))];
}
