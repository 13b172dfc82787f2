import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';
import { type JsonText, readPage } from './records.ts';

interface Asked {
  readonly deployment_ids: readonly string[];
  readonly scheduled_before?: string | null | undefined;
  readonly limit: number;
}

/** Runs of these deployments that are SCHEDULED for before an instant, the soonest first, as JSON text. */
export function listDueOf(sql: Sql, { deployment_ids, scheduled_before, limit }: Asked): Promise<JsonText> {
  const rows = sql`
    select v.* from (
      select id, next_scheduled_start_time from flow_run
      where deployment_id = any(${pgArray(deployment_ids)}::uuid[]) and state_type = 'SCHEDULED'
        and (${scheduled_before ?? null}::timestamptz is null or next_scheduled_start_time <= ${scheduled_before ?? null}::timestamptz)
      order by next_scheduled_start_time, id limit ${limit}
    ) r join flow_run_view v on v.id = r.id order by r.next_scheduled_start_time, r.id`;
  return readPage(sql, 'flow_run_view', rows, sql`row_to_json(v)::text`);
}
