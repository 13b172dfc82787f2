import { z } from 'zod';
import { instant, natural, uuid } from '../model/common.ts';
import { shortText } from '../model/field-limits.ts';
import { STATE_TYPES } from '../model/state-type.ts';
import { type ColumnType, FILTERS, type FilterField, type FilterNode, type FilterTable, type Noun, type Operator, SORTS } from './filter-table.ts';

const VALUES: Record<ColumnType, z.ZodType> = {
  uuid,
  text: shortText,
  'text[]': shortText,
  timestamptz: instant,
  integer: z.int(),
  state_type: z.enum(STATE_TYPES),
  boolean: z.boolean(),
  creator: z.never(),
};

const LISTS: readonly Operator[] = ['any_', 'not_any_', 'all_'];

/** Prefect's. */
const MAX_QUERY = 200;

function operand(op: Operator, type: ColumnType): z.ZodType {
  if (op === 'id_') return z.array(uuid).max(10_000);
  if (op === 'type_') return z.array(shortText).max(10_000);
  if (op === 'query') return z.string().max(MAX_QUERY);
  // Prefect takes a list; one text is ours.
  if (op === 'startswith_') return z.union([VALUES[type], z.array(VALUES[type]).max(10_000)]);
  if (LISTS.includes(op)) return z.array(VALUES[type]).max(10_000);
  return op === 'is_null_' || op === 'exists_' ? z.boolean() : VALUES[type];
}

const fieldSchema = (field: FilterField) =>
  z.strictObject({
    operator: z.enum(['and_', 'or_']).optional(),
    ...Object.fromEntries(field.ops.map((op) => [op, operand(op, field.type).nullish()])),
  });

const nodeSchema = (node: FilterNode): z.ZodType => ('group' in node ? tableSchema(node.group) : fieldSchema(node));

/** Unknown fields and operators are refused, as by Prefect 3.8: a filter that is silently ignored answers with too much. */
function tableSchema(table: FilterTable): z.ZodType {
  const fields = Object.entries(table).map(([name, node]) => [name, nodeSchema(node).nullish()]);
  return z.strictObject({ operator: z.enum(['and_', 'or_']).optional(), ...Object.fromEntries(fields) });
}

type OperandOf<F extends FilterField> = {
  [Op in F['ops'][number]]?: Op extends 'any_' | 'not_any_' | 'all_' | 'id_' | 'type_'
    ? readonly ValueOf<F>[] | null
    : Op extends 'startswith_'
      ? ValueOf<F> | readonly ValueOf<F>[] | null
      : Op extends 'is_null_' | 'exists_'
        ? boolean | null
        : ValueOf<F> | null;
};
type ValueOf<F extends FilterField> = F['type'] extends 'integer' ? number : F['type'] extends 'boolean' ? boolean : string;
type NodeOf<N> = N extends FilterField ? OperandOf<N> : N extends { group: infer G } ? { [K in keyof G]?: NodeOf<G[K]> | null } : never;

/** A filter on one kind of record: all its fields must hold, or any with `operator: 'or_'`. */
export type FilterOf<N extends Noun> = { operator?: 'and_' | 'or_' } & { [K in keyof (typeof FILTERS)[N]]?: NodeOf<(typeof FILTERS)[N][K]> | null };

const schemas = Object.fromEntries((Object.keys(FILTERS) as Noun[]).map((noun) => [noun, tableSchema(FILTERS[noun])])) as {
  [noun in Noun]: z.ZodType;
};

const filter = <N extends Noun>(noun: N) => (schemas[noun] as z.ZodType<FilterOf<N>, FilterOf<N>>).nullish();

/** The filters by the names that they have in the OpenAPI document: `FlowRunFilter`. */
export const filterSchemas: { readonly [name: string]: z.ZodType } = Object.fromEntries(
  Object.entries(schemas).map(([noun, schema]) => [`${noun.replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())}Filter`, schema]),
);

/** The filters that every list of runs, flows and deployments takes: each asks about the listed record or one it belongs to. */
export const runFilters = {
  flows: filter('flow'),
  flow_runs: filter('flow_run'),
  task_runs: filter('task_run'),
  deployments: filter('deployment'),
  work_pools: filter('work_pool'),
  work_pool_queues: filter('work_queue'),
  /** The same, by the name that some of Prefect's routes and clients have for it. */
  work_queues: filter('work_queue'),
};

export const automationFilter = { automations: filter('automation') };
export const variableFilter = { variables: filter('variable') };
const { flows, flow_runs, task_runs, deployments } = runFilters;
export const artifactFilters = { artifacts: filter('artifact'), flows, flow_runs, task_runs, deployments };
export const latestArtifactFilters = { ...artifactFilters, artifacts: filter('artifact_collection') };

export const deploymentFilter = { deployments: filter('deployment') };
export const blockTypeFilters = { block_types: filter('block_type'), block_schemas: filter('block_schema') };
export const blockSchemaFilter = { block_schemas: filter('block_schema') };
export const blockDocumentFilters = { ...blockTypeFilters, block_documents: filter('block_document') };
export const notificationPolicyFilter = { flow_run_notification_policy_filter: filter('flow_run_notification_policy') };

export const poolFilter = { work_pools: filter('work_pool') };
export const queueFilter = { work_queues: filter('work_queue') };
export const workerFilter = { workers: filter('worker') };
export const logFilter = { logs: filter('log') };

/** Prefect's PREFECT_API_DEFAULT_LIMIT: both the default and the most. */
export const MAX_PAGE = 200;
export const page = { limit: natural.max(MAX_PAGE).default(MAX_PAGE), offset: natural.default(0) };

export function sort<N extends keyof typeof SORTS>(noun: N, fallback: keyof (typeof SORTS)[N] & string) {
  const names = Object.keys(SORTS[noun]) as [keyof (typeof SORTS)[N] & string];
  return z.enum(names).default(fallback as never);
}
