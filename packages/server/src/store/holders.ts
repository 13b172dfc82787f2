import type { Sql } from '../db/database.ts';

/** Whether this epoch is the run's last, and its lease lives or has ended less than so many seconds ago. */
export async function isLastEpoch(sql: Sql, flowRunId: string, epoch: number, graceSeconds: number): Promise<boolean> {
  const rows = await sql`
    select from flow_run r left join flow_run_lease l on l.flow_run_id = r.id
    where r.id = ${flowRunId} and r.epoch = ${epoch}
      and (l.flow_run_id is not null or r.state_timestamp > clock_timestamp() - ${graceSeconds}::double precision * interval '1 second')`;
  return rows.length > 0;
}
