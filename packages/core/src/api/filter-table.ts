/**
 * What can be asked of each kind of record, as a table: a field of the filter, the column it looks at, and its operators. The
 * request's schema and the SQL are both made from it; another filter is another row.
 */
export type ColumnType = 'uuid' | 'text' | 'text[]' | 'timestamptz' | 'integer' | 'state_type' | 'boolean' | 'creator';

export type Operator =
  | 'any_'
  | 'not_any_'
  | 'all_'
  | 'is_null_'
  | 'like_'
  | 'startswith_'
  | 'before_'
  | 'after_'
  | 'ge_'
  | 'le_'
  | 'eq_'
  | 'exists_'
  /** Of who made a record: one with any of these ids, or of any of these types. */
  | 'id_'
  | 'type_'
  | 'query';

export interface FilterField {
  readonly column: string;
  readonly type: ColumnType;
  readonly ops: readonly Operator[];
  /** A column that is searched together with it. */
  readonly beside?: string;
  /** A time that a record without one is compared by, as Prefect 3.x does. */
  readonly instead?: string;
  /** What has no value is asked for alone. */
  readonly nullFirst?: true;
}

/** A field, or a group of fields under one name, such as `state: { type, name }`. */
export type FilterNode = FilterField | { readonly group: { readonly [name: string]: FilterField } };

export type FilterTable = { readonly [name: string]: FilterNode };

const id = (column: string): FilterField => ({ column, type: 'uuid', ops: ['any_', 'not_any_'] });
const ref = (column: string): FilterField => ({ column, type: 'uuid', ops: ['any_', 'not_any_', 'is_null_'] });
const name = (column: string): FilterField => ({ column, type: 'text', ops: ['any_', 'like_'] });
const time = (column: string): FilterField => ({ column, type: 'timestamptz', ops: ['before_', 'after_', 'is_null_'] });
const tags: FilterField = { column: 'tags', type: 'text[]', ops: ['all_', 'any_', 'is_null_'] };
const state: FilterNode = {
  group: {
    type: { column: 'state_type', type: 'state_type', ops: ['any_', 'not_any_'] },
    name: { column: 'state_name', type: 'text', ops: ['any_', 'not_any_'] },
  },
};

const artifact = {
  key: { column: 'key', type: 'text', ops: ['any_', 'like_', 'exists_'] },
  flow_run_id: id('flow_run_id'),
  task_run_id: id('task_run_id'),
  type: { column: 'type', type: 'text', ops: ['any_', 'not_any_'] },
} as const satisfies FilterTable;

export const FILTERS = {
  flow: { id: id('id'), name: name('name'), tags, deployment: { column: 'a_deployment_id', type: 'uuid', ops: ['is_null_'] } },
  flow_run: {
    id: id('id'),
    name: name('name'),
    tags,
    deployment_id: ref('deployment_id'),
    work_queue_name: { column: 'work_queue_name', type: 'text', ops: ['any_', 'is_null_'] },
    state,
    flow_version: { column: 'flow_version', type: 'text', ops: ['any_'] },
    start_time: { ...time('start_time'), instead: 'expected_start_time' },
    end_time: time('end_time'),
    expected_start_time: time('expected_start_time'),
    next_scheduled_start_time: time('next_scheduled_start_time'),
    worker_name: { column: 'worker_name', type: 'text', ops: ['any_', 'is_null_'] },
    parent_task_run_id: ref('parent_task_run_id'),
    parent_flow_run_id: ref('parent_flow_run_id'),
    idempotency_key: { column: 'idempotency_key', type: 'text', ops: ['any_', 'not_any_'] },
    created_by: { column: 'created_by', type: 'creator', ops: ['id_', 'type_', 'is_null_'] },
  },
  task_run: {
    id: id('id'),
    name: name('name'),
    tags,
    state,
    start_time: time('start_time'),
    end_time: time('end_time'),
    expected_start_time: time('expected_start_time'),
    flow_run_id: { ...ref('flow_run_id'), nullFirst: true },
    subflow_runs: { column: 'subflow_run_id', type: 'uuid', ops: ['exists_'] },
  },
  deployment: {
    id: id('id'),
    name: name('name'),
    tags,
    paused: { column: 'paused', type: 'boolean', ops: ['eq_'] },
    work_queue_name: { column: 'work_queue_name', type: 'text', ops: ['any_'] },
  },
  work_pool: {
    id: id('id'),
    name: { column: 'name', type: 'text', ops: ['any_'] },
    type: { column: 'type', type: 'text', ops: ['any_'] },
  },
  work_queue: { id: id('id'), name: { column: 'name', type: 'text', ops: ['any_', 'startswith_'] } },
  worker: {
    last_heartbeat_time: time('last_heartbeat_time'),
    status: { column: 'status', type: 'text', ops: ['any_', 'not_any_'] },
  },
  log: {
    level: { column: 'level', type: 'integer', ops: ['ge_', 'le_'] },
    timestamp: time('timestamp'),
    flow_run_id: id('flow_run_id'),
    task_run_id: ref('task_run_id'),
    text: { column: 'message', beside: 'name', type: 'text', ops: ['query'] },
  },
  variable: { id: id('id'), name: name('name'), tags },
  automation: { id: id('id'), name: name('name'), created: { column: 'created', type: 'timestamptz', ops: ['before_'] }, tags },
  artifact: { id: id('id'), ...artifact },
  artifact_collection: { latest_id: id('latest_id'), ...artifact },
  block_type: { name: { column: 'name', type: 'text', ops: ['like_'] }, slug: { column: 'slug', type: 'text', ops: ['any_'] } },
  block_schema: {
    id: id('id'),
    block_type_id: id('block_type_id'),
    block_capabilities: { column: 'capabilities', type: 'text[]', ops: ['all_'] },
    version: { column: 'version', type: 'text', ops: ['any_'] },
  },
  block_document: {
    id: id('id'),
    is_anonymous: { column: 'is_anonymous', type: 'boolean', ops: ['eq_'] },
    block_type_id: id('block_type_id'),
    name: name('name'),
  },
  flow_run_notification_policy: { is_active: { column: 'is_active', type: 'boolean', ops: ['eq_'] } },
} as const satisfies { [noun: string]: FilterTable };

export type Noun = keyof typeof FILTERS;

const BY_KEY = {
  CREATED_DESC: 'created desc',
  UPDATED_DESC: 'updated desc',
  ID_DESC: 'id desc',
  KEY_DESC: 'key desc nulls last',
  KEY_ASC: 'key asc',
} as const;

/** The order of a list, by the name a client gives. Every order ends with the id, so that pages never overlap. */
export const SORTS = {
  flow: { CREATED_DESC: 'created desc', UPDATED_DESC: 'updated desc', NAME_ASC: 'name asc', NAME_DESC: 'name desc' },
  flow_run: {
    ID_DESC: 'id desc',
    START_TIME_ASC: 'coalesce(start_time, expected_start_time) asc',
    START_TIME_DESC: 'coalesce(start_time, expected_start_time) desc',
    EXPECTED_START_TIME_ASC: 'expected_start_time asc',
    EXPECTED_START_TIME_DESC: 'expected_start_time desc',
    NAME_ASC: 'name asc',
    NAME_DESC: 'name desc',
    NEXT_SCHEDULED_START_TIME_ASC: 'next_scheduled_start_time asc',
    END_TIME_DESC: 'end_time desc',
  },
  task_run: {
    ID_DESC: 'id desc',
    EXPECTED_START_TIME_ASC: 'expected_start_time asc',
    EXPECTED_START_TIME_DESC: 'expected_start_time desc',
    NAME_ASC: 'name asc',
    NAME_DESC: 'name desc',
    NEXT_SCHEDULED_START_TIME_ASC: 'next_scheduled_start_time asc',
    END_TIME_DESC: 'end_time desc',
    DURATION_ASC: 'estimated_run_time asc',
    DURATION_DESC: 'estimated_run_time desc',
  },
  deployment: { CREATED_DESC: 'created desc', UPDATED_DESC: 'updated desc', NAME_ASC: 'name asc', NAME_DESC: 'name desc' },
  log: { TIMESTAMP_ASC: '"timestamp" asc', TIMESTAMP_DESC: '"timestamp" desc' },
  automation: { CREATED_DESC: 'created desc', UPDATED_DESC: 'updated desc', NAME_ASC: 'name asc', NAME_DESC: 'name desc' },
  variable: { CREATED_DESC: 'created desc', UPDATED_DESC: 'updated desc', NAME_ASC: 'name asc', NAME_DESC: 'name desc' },
  artifact: BY_KEY,
  artifact_collection: BY_KEY,
  block_document: { NAME_ASC: 'name asc', NAME_DESC: 'name desc', BLOCK_TYPE_AND_NAME_ASC: 'block_type_name, name asc' },
} as const satisfies { [noun: string]: { [sort: string]: string } };
