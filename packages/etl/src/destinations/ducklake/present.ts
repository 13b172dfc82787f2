import type { PresentTable } from '../destination.ts';
import type { Lake } from './lake.ts';
import { hasLedger, LEDGER, standingIn, tablesOf } from './ledger.ts';

/** The load of each table that stands as that has left it. */
const PRESENT = (lake: Lake) => `
  ${LEDGER} l join ${standingIn(lake)} h on h.load_id = l.load_id
  join ${tablesOf(lake)} t on t.schema = l.schema_name and t.name = l.table_name and t.made = h.made`;

export async function presentTables(lake: Lake): Promise<PresentTable[]> {
  if (!(await hasLedger(lake))) return [];
  return await lake.rows(
    `select l.schema_name as schema, l.table_name as name, l.source, l.flow_run_id, l.rows_loaded::double as rows,
       strftime(l.committed_at, '%Y-%m-%dT%H:%M:%SZ') as loaded
     from ${PRESENT(lake)} order by 1, 2`,
  );
}

export interface Candidate {
  readonly schema: string;
  readonly name: string;
  readonly expected: string;
}

/** Tables that can be compared with what was loaded: a fingerprint of another release of DuckDB cannot. */
export const readCandidates = (lake: Lake): Promise<Candidate[]> =>
  lake.rows(
    `select l.schema_name as schema, l.table_name as name, l.fingerprint as expected from ${PRESENT(lake)}
     where contains(l.fingerprint, '@' || version() || ':') order by 1, 2`,
  );
