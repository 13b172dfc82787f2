import type { Fragment, Sql } from '../db/database.ts';

/** Something that has another status than was told of it. */
export interface ChangedStatus {
  readonly id: string;
  readonly status: 'READY' | 'NOT_READY' | 'PAUSED';
  /** Labels, with the id; and what it belongs to. */
  readonly resource: { readonly [label: string]: string };
  readonly related: readonly { readonly [label: string]: string }[];
}

export type StatusKind = 'work-pool' | 'work-queue' | 'deployment';

interface Kind {
  readonly table: 'work_pool' | 'work_queue' | 'deployment';
  /** All that have another status than was told, as `x`. */
  readonly changed: (sql: Sql) => Fragment;
  readonly labels: (sql: Sql) => Fragment;
  readonly related: (sql: Sql) => Fragment;
  /** What labels are read from, by the id of `t`. */
  readonly from: (sql: Sql) => Fragment;
}

const labels = (sql: Sql, kind: string, of: string, role: boolean): Fragment => sql`json_strip_nulls(json_build_object(
  'prefect.resource.id', ${`prefect.${kind}.`}::text || ${sql(of)}.id, 'prefect.resource.name', ${sql(of)}.name,
  'prefect.resource.role', ${role ? kind : null}::text,
  'prefect.work-pool.type', ${kind === 'work-pool' ? sql`p.type` : sql`null::text`}))`;

const changedInView = (sql: Sql, table: string): Fragment =>
  sql`select x.id, v.status from ${sql(table)} x join ${sql(`${table}_view`)} v on v.id = x.id where v.status <> x.told_status`;

const KINDS: { readonly [K in StatusKind]: Kind } = {
  'work-pool': {
    table: 'work_pool',
    changed: (sql) => changedInView(sql, 'work_pool'),
    labels: (sql) => labels(sql, 'work-pool', 'p', false),
    related: (sql) => sql`'[]'::json`,
    from: (sql) => sql`join work_pool p on p.id = t.id`,
  },
  'work-queue': {
    table: 'work_queue',
    changed: (sql) => changedInView(sql, 'work_queue'),
    labels: (sql) => labels(sql, 'work-queue', 'q', true),
    related: (sql) => sql`json_build_array(${labels(sql, 'work-pool', 'p', true)})`,
    from: (sql) => sql`join work_queue q on q.id = t.id join work_pool p on p.id = q.work_pool_id`,
  },
  deployment: {
    table: 'deployment',
    // As in its view, which reads the schedules of each.
    changed: (sql) => sql`
      select x.id, s.status from deployment x left join work_queue q on q.id = x.work_queue_id
      cross join lateral (select case when greatest(x.last_polled, q.last_polled) > now() - interval '60 seconds' then 'READY' else 'NOT_READY' end
        as status) s
      where s.status <> x.told_status`,
    labels: (sql) => labels(sql, 'deployment', 'd', false),
    related: (sql) => sql`array_to_json(array_remove(array[${labels(sql, 'flow', 'f', true)}::text,
      case when q.id is not null then ${labels(sql, 'work-queue', 'q', true)}::text end,
      case when p.id is not null then ${labels(sql, 'work-pool', 'p', true)}::text end], null)::json[])`,
    from: (sql) => sql`join deployment d on d.id = t.id join flow f on f.id = d.flow_id left join work_queue q on q.id = d.work_queue_id
      left join work_pool p on p.id = q.work_pool_id`,
  },
};

export const STATUS_KINDS = Object.keys(KINDS) as StatusKind[];

/** Notes the statuses of at most `limit` of a kind as told, where they have changed. Of two servers that do so at once each takes others. */
export async function takeChangedStatuses(sql: Sql, kind: StatusKind, limit: number): Promise<ChangedStatus[]> {
  const { table, changed, labels: own, related, from } = KINDS[kind];
  return sql<ChangedStatus[]>`
    with changed as materialized (${changed(sql)} order by x.id limit ${limit} for no key update of x skip locked),
    told as (update ${sql(table)} y set told_status = c.status from changed c where y.id = c.id returning y.id, c.status)
    select t.id, t.status, ${own(sql)} as resource, ${related(sql)} as related from told t ${from(sql)}`;
}
