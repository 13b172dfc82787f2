import { type BoundedFilter, listOf, type RelatedFilter } from '@sluice/core/events/event-filter';
import { parseTextQuery } from '@sluice/core/text/text-query';
import type { Fragment, Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';
import type { EventSource } from './event-sources.ts';

type Texts = readonly string[] | null | undefined;
type Labels = RelatedFilter['labels'];

const has = (values: Texts): values is readonly string[] => values != null && values.length > 0;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A pattern of `*` and `?` as one of LIKE. */
const toLike = (pattern: string) =>
  pattern
    .replace(/[\\%_]/g, '\\$&')
    .replaceAll('*', '%')
    .replaceAll('?', '_');

const any = (sql: Sql, parts: readonly Fragment[]): Fragment => sql`(${parts.reduce((all, next) => sql`${all} or ${next}`)})`;

const fits = (sql: Sql, value: Fragment, patterns: readonly string[]): Fragment =>
  patterns.length === 0
    ? sql`false`
    : any(
        sql,
        patterns.map((pattern) =>
          pattern.startsWith('!') ? sql`${value} not like ${toLike(pattern.slice(1))}` : sql`${value} like ${toLike(pattern)}`,
        ),
      );

const isOneOf = (sql: Sql, value: Fragment, values: readonly string[]): Fragment => sql`${value} = any(${pgArray(values)}::text[])`;
const startsWith = (sql: Sql, value: Fragment, prefixes: readonly string[]): Fragment =>
  any(
    sql,
    prefixes.map((prefix) => sql`starts_with(${value}, ${prefix})`),
  );

const byLabels = (sql: Sql, resource: Fragment, labels: Labels): Fragment[] =>
  Object.entries(labels ?? {}).map(([label, wanted]) => fits(sql, sql`(${resource} ->> ${label}::text)`, [wanted].flat()));

function byResource(sql: Sql, resource: Fragment, { id, id_prefix, labels }: { id?: Texts; id_prefix?: Texts; labels?: Labels }): Fragment[] {
  const own = sql`(${resource} ->> 'prefect.resource.id')`;
  return [
    ...(has(id) ? [isOneOf(sql, own, id)] : []),
    ...(has(id_prefix) ? [startsWith(sql, own, id_prefix)] : []),
    ...byLabels(sql, resource, labels),
  ];
}

const COLUMNS = [
  ['prefect.flow-run.', 'flow_run_id'],
  ['prefect.flow.', 'flow_id'],
  ['prefect.deployment.', 'deployment_id'],
  ['prefect.work-queue.', 'work_queue_id'],
] as const;

/** What an index can tell of ids that must be involved; undefined when it is nothing. */
function involved(sql: Sql, { view, prefix }: EventSource, ids: Texts, withOwn: boolean): Fragment | undefined {
  if (!has(ids)) return undefined;
  if (view === 'client_event_view') return sql`v.resource_ids && ${pgArray(ids)}::text[]`;
  const columns = withOwn && prefix ? [[prefix, 'run_id'] as const, ...COLUMNS] : COLUMNS;
  const parts = ids.map((id) => {
    const found = columns.find(([start]) => id.startsWith(start));
    const value = found ? id.slice(found[0].length) : '';
    return found && UUID.test(value) ? sql`v.${sql(found[1])} = ${value}::uuid` : undefined;
  });
  return parts.every((part) => part !== undefined) ? any(sql, parts) : undefined;
}

function byRelated(sql: Sql, asked: RelatedFilter): Fragment | undefined {
  const { id, role, resources_in_roles, labels } = asked;
  const part = sql`(x ->> 'prefect.resource.role')`;
  const parts = [
    ...byResource(sql, sql`x`, { id, labels }),
    ...(has(role) ? [isOneOf(sql, part, role)] : []),
    ...(resources_in_roles?.length
      ? [
          any(
            sql,
            resources_in_roles.map(([one, its]) => sql`(x ->> 'prefect.resource.id' = ${one} and ${part} = ${its})`),
          ),
        ]
      : []),
  ];
  return parts.length > 0 ? sql`exists (select from jsonb_array_elements(v.related) x where ${and(sql, parts)})` : undefined;
}

const and = (sql: Sql, parts: readonly Fragment[]): Fragment => parts.reduce((all, next) => sql`${all} and ${next}`);

function byText(sql: Sql, query: string): Fragment[] {
  const words = parseTextQuery(query);
  const text = sql`lower(concat(v.event, ' ', v.resource, ' ', v.related, ' ', v.payload))`;
  const holds = (word: string) => sql`position(${word.toLowerCase()} in ${text}) > 0`;
  return [
    ...(words.any.length > 0 ? [any(sql, words.any.map(holds))] : []),
    ...words.all.map(holds),
    ...words.none.map((word) => sql`not ${holds(word)}`),
  ];
}

/** What a filter asks of the events of a source, whose view is called `v`. */
export function eventWhere(sql: Sql, source: EventSource, filter: BoundedFilter): Fragment {
  const { occurred, event, resource, related, any_resource, id, text } = filter;
  const runs = source.prefix ? resource?.id?.map((one) => one.slice((source.prefix as string).length)).filter((one) => UUID.test(one)) : undefined;
  const parts: (Fragment | undefined)[] = [
    sql`v.occurred >= ${occurred.since}::timestamptz and v.occurred <= ${occurred.until}::timestamptz`,
    has(event?.prefix) ? startsWith(sql, sql`v.event`, event.prefix) : undefined,
    has(event?.exclude_prefix) ? sql`not ${startsWith(sql, sql`v.event`, event.exclude_prefix)}` : undefined,
    has(event?.name) ? isOneOf(sql, sql`v.event`, event.name) : undefined,
    has(event?.exclude_name) ? sql`not ${isOneOf(sql, sql`v.event`, event.exclude_name)}` : undefined,
    has(resource?.id) ? isOneOf(sql, sql`v.resource_id`, resource.id) : undefined,
    has(resource?.id) && runs ? sql`v.run_id = any(${pgArray(runs)}::uuid[])` : undefined,
    has(resource?.id_prefix) ? startsWith(sql, sql`v.resource_id`, resource.id_prefix) : undefined,
    ...byLabels(sql, sql`v.resource`, resource?.labels),
    ...listOf(related).flatMap((asked) => [involved(sql, source, asked.id, false), byRelated(sql, asked)]),
    ...listOf(any_resource).flatMap((asked) => {
      const wanted = byResource(sql, sql`x`, asked);
      const found =
        wanted.length > 0 ? sql`exists (select from jsonb_array_elements(v.related || v.resource) x where ${and(sql, wanted)})` : undefined;
      return [involved(sql, source, asked.id, true), found];
    }),
    has(id?.id) ? sql`v.id = any(${pgArray(id.id)}::uuid[])` : undefined,
    ...(text ? byText(sql, text.query) : []),
  ];
  return and(
    sql,
    parts.filter((part) => part !== undefined),
  );
}
