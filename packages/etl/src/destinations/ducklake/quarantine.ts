import type { QuarantineRow } from '@sluice/core/model/table-load';
import { readParquet } from '../../duckdb/readers.ts';
import type { Extract, RefusedRow, TablePlan, VerifyLevel } from '../../model.ts';
import { formatName, type QualifiedName } from '../../names/qualified-name.ts';
import { BAD_ROW_FACTS, declared, listed } from '../../stage/bad-rows.ts';
import type { Mendable, QuarantinedTable } from '../destination.ts';
import { qualify } from '../qualify.ts';
import type { ReadRows } from '../see.ts';
import type { Lake } from './lake.ts';
import { LEDGER, SCHEMA, standingIn, tablesOf } from './ledger.ts';

/*
 * Bad rows of a table stand in a table of their own, which each load of the table replaces or drops. In one for all tables each load would
 * delete rows, and that is a conflict with every other load that adds some.
 */

const PREFIX = 'bad rows of ';

const badRowsOf = (target: QualifiedName): string => qualify({ schema: SCHEMA, name: `${PREFIX}${formatName(target)}` });

const COLUMNS = `place bigint, load_id varchar, schema_name varchar, table_name varchar, ${declared(BAD_ROW_FACTS)}, mended varchar`;

/** Bad rows of this load, in the place of those of the load before: what they belonged to is not there any more. */
export async function writeQuarantine(lake: Lake, { plan, load_id, quarantine_file }: Extract): Promise<void> {
  const table = badRowsOf(plan.target);
  if (quarantine_file === null) return await lake.run(`drop table if exists ${table}`);
  await lake.run(`create or replace table ${table} (${COLUMNS})`);
  await lake.run(
    `insert into ${table} by name select row_number() over (order by chunk, line) as place, $load_id as load_id, $schema as schema_name,
       $name as table_name, ${listed(BAD_ROW_FACTS)} from ${readParquet(quarantine_file)}`,
    { load_id, schema: plan.target.schema, name: plan.target.name },
  );
}

const hasBadRows = async (lake: Lake, target: QualifiedName): Promise<boolean> =>
  (
    await lake.rows(`from duckdb_tables() where database_name = 'warehouse' and schema_name = '${SCHEMA}' and table_name = $name`, {
      name: `${PREFIX}${formatName(target)}`,
    })
  ).length > 0;

/**
 * Rows of the quarantine, each with an id that it keeps until it leaves: it is made of what the source had, so that a new reason
 * changes nothing. Rows that are equal in all of that are told apart by a number.
 */
const identified = (target: QualifiedName): string => `(
  select *, left(md5(row(load_id, chunk, line, raw)::varchar), 12)
      || case row_number() over same when 1 then '' else '-' || row_number() over same end as id
  from ${badRowsOf(target)} window same as (partition by load_id, chunk, line, raw order by place))`;

/** Rows of a table in quarantine, in the order of the source. */
export async function readRows(lake: Lake, target: QualifiedName, { limit, cut }: ReadRows = {}): Promise<QuarantineRow[]> {
  if (!(await hasBadRows(lake, target))) return [];
  const shown = (column: string) => (cut === undefined ? column : `left(${column}, ${cut})`);
  return await lake.rows(
    `select id, load_id, line::double as line, column_name as "column", ${shown('reason')} as reason, ${shown('raw')} as raw, length(raw)::double as raw_length,
       ${shown('mended')} as mended from ${identified(target)} order by chunk, line, id ${limit === undefined ? '' : `limit ${limit}`}`,
  );
}

/** Tables that have rows in quarantine, by their names, each with the reason that most of them have. */
export async function readTables(lake: Lake): Promise<QuarantinedTable[]> {
  const tables = await lake.rows<{ name: string }>(
    `select table_name as name from duckdb_tables() where database_name = 'warehouse' and schema_name = '${SCHEMA}' and starts_with(table_name, '${PREFIX}')`,
  );
  const found: (QualifiedName & Omit<QuarantinedTable, 'table'>)[] = [];
  for (const { name } of tables) {
    found.push(
      ...(await lake.rows<(typeof found)[number]>(
        `select schema_name as schema, table_name as name, min(load_id) as load_id, count(*)::double as rows, mode(reason) as reason
         from ${qualify({ schema: SCHEMA, name })} group by schema_name, table_name`,
      )),
    );
  }
  return found.map(({ schema, name, ...facts }) => ({ table: formatName({ schema, name }), ...facts })).sort((a, b) => (a.table < b.table ? -1 : 1));
}

/** What has to be known of a table by who mends its rows. */
export async function readMendable(lake: Lake, target: QualifiedName): Promise<Mendable | undefined> {
  if (!(await hasBadRows(lake, target))) return undefined;
  const rows = await lake.rows<{ id: string; reason: string | null }>(`select id, reason from ${identified(target)}`);
  const [load] = await lake.rows<{ load_id: string; verify: VerifyLevel; plan: string | null }>(
    `select l.load_id, l.verify, l.plan from ${LEDGER} l join ${standingIn(lake)} h on h.load_id = l.load_id
     join ${tablesOf(lake)} t on t.schema = l.schema_name and t.name = l.table_name and t.made = h.made
     where l.schema_name = $schema and l.table_name = $name`,
    { schema: target.schema, name: target.name },
  );
  if (!load || rows.length === 0) return undefined;
  return {
    ...load,
    plan: load.plan === null ? null : (JSON.parse(load.plan) as TablePlan),
    reasons: new Map(rows.map(({ id, reason }) => [id, reason])),
  };
}

interface Mended {
  readonly kept: readonly string[];
  readonly refused: readonly RefusedRow[];
}

/** Rows that are loaded leave, others get the text and the reason of what was tried. Returns how many stay. */
export async function takeOut(lake: Lake, { target, table }: TablePlan, { kept, refused }: Mended): Promise<number> {
  const bad = badRowsOf(target);
  const rows = (await hasBadRows(lake, target)) ? await lake.rows<{ id: string; place: string }>(`select id, place from ${identified(target)}`) : [];
  const places = new Map(rows.map(({ id, place }) => [id, place]));
  const placeOf = (id: string): bigint => {
    const place = places.get(id);
    if (place === undefined) throw new Error(`row ${id} of ${table} is not in quarantine`);
    return BigInt(place);
  };
  for (const { id, raw, column, reason } of refused) {
    await lake.run(`update ${bad} set mended = $raw, column_name = $column, reason = $reason where place = $place`, {
      ...{ raw, column, reason },
      place: placeOf(id),
    });
  }
  const gone = [...new Set(kept)].map(placeOf);
  if (gone.length > 0) await lake.run(`delete from ${bad} where place in (${gone.join(', ')})`);
  return rows.length - gone.length;
}
