import type { State } from '@sluice/core/model/state';
import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

/** States that were written under these ids, with their runs and those runs' epochs. */
export async function readWrittenStates(sql: Sql, ids: Iterable<string>): Promise<Map<string, { run_id: string; state: State; epoch: number }>> {
  const wanted = pgArray(ids);
  const rows = await sql<{ found: { run_id: string; state: State; epoch: number } }[]>`
    select json_build_object('run_id', s.flow_run_id, 'epoch', r.epoch, 'state', json_build_object('id', s.id, 'type', s.type, 'name', s.name,
      'timestamp', s.timestamp, 'message', s.message, 'data', s.data, 'state_details', s.state_details)) as found
    from flow_run_state s join flow_run r on r.id = s.flow_run_id where s.id = any(${wanted}::uuid[])
    union all
    select json_build_object('run_id', s.task_run_id, 'epoch', 0, 'state', json_build_object('id', s.id, 'type', s.type, 'name', s.name,
      'timestamp', s.timestamp, 'message', s.message, 'data', s.data, 'state_details', s.state_details))
    from task_run_state s where s.id = any(${wanted}::uuid[])`;
  return new Map(rows.map(({ found }) => [found.state.id, found]));
}
