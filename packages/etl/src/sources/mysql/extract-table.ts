import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { loadFolders } from '../../home.ts';
import type { Extract, TablePlan, TableSums } from '../../model.ts';
import { describeChanges } from '../../names/describe-changes.ts';
import { openEngine } from '../../stage/engine.ts';
import { writePart } from '../../stage/part.ts';
import { QuarantineSpool } from '../../stage/quarantine-spool.ts';
import { sealSums } from '../../types/table-sums.ts';
import type { Extraction } from '../source.ts';
import type { MysqlAddress } from './address.ts';
import { tableError } from './errors.ts';
import { markOfNow } from './plan-table.ts';
import { TableQueries } from './queries.ts';
import { readLines, rowsOf } from './read-lines.ts';
import { type MysqlSession, withSession } from './session.ts';
import { planColumn, widerThan } from './types/columns.ts';
import { readSumsRow } from './types/sums.ts';

type Folders = Awaited<ReturnType<typeof loadFolders>>;
type Read = Omit<Extract, 'load_id' | 'seconds'>;

/** Times that a table is read which has no state that stands still. */
const TRIES = 3;

/**
 * Reads a planned table into parts, with the sums that the server makes of it: by one session in one transaction, which sees one state.
 * DuckDB's extension for MySQL has a session for each query and so no such state: it is not used.
 */
export async function extractMysqlTable(address: MysqlAddress, extraction: Extraction): Promise<Extract> {
  const { plan, load_id, home, context } = extraction;
  const started = performance.now();
  for (let tries = 1; ; tries++) {
    const folders = await emptyFolders(home, load_id);
    try {
      const read = await withSession(address, context.signal, (session) => readOnce(session, extraction, folders));
      if (read) return { load_id, ...read, seconds: (performance.now() - started) / 1000 };
      if (tries === TRIES) throw restless(plan);
      context.log.warn('read again', { table: plan.table, reason: 'it was changed meanwhile, and has no transactions' });
    } catch (error) {
      await rm(folders.parts, { recursive: true, force: true });
      context.signal.throwIfAborted();
      throw tableError(error, address, plan.table);
    } finally {
      await rm(folders.spool, { recursive: true, force: true });
    }
  }
}

/** Undefined where the table was changed meanwhile, which only one without transactions is. */
async function readOnce(session: MysqlSession, extraction: Extraction, folders: Folders): Promise<Read | undefined> {
  const { load_id, verify, context } = extraction;
  const { plan: planned, engine: kind } = await planOfNow(session, extraction);
  await session.query('start transaction with consistent snapshot, read only');
  const plan = await fitColumns(session, planned);
  const queries = new TableQueries(plan);
  const sums = await readSums(session, queries, plan, verify);
  using engine = await openEngine(join(folders.spool, 'temp'), context.signal);
  const { parts, rows } = await readLines({ session, sql: queries.lines(), plan, engine, folders, context });
  const quarantine = new QuarantineSpool(join(folders.spool, 'quarantine.ndjson'), load_id, plan.table);
  try {
    await readUnfit(session, queries, plan, quarantine);
    // A table of InnoDB is one state; of another engine, and of a view, nobody knows.
    const isOneState = kind === 'innodb' || JSON.stringify(await readSums(session, queries, plan, verify)) === JSON.stringify(sums);
    if (!isOneState || rows !== sums.rows) return undefined;
    await session.query('commit');
    const bad = await quarantine.close();
    context.progress({ done: rows, total: rows, label: 'rows' });
    return {
      plan,
      parts,
      rows_read: rows + quarantine.rows,
      rows_quarantined: quarantine.rows,
      quarantine_file: bad ? (await writePart(engine, bad, join(folders.parts, 'quarantine.parquet'))).file : null,
      sums: sealSums(sums),
    };
  } finally {
    await quarantine.close();
  }
}

/** The plan that was made before, as long as it holds. */
async function planOfNow(session: MysqlSession, { plan, planAnew }: Extraction): Promise<{ plan: TablePlan; engine: string }> {
  const now = await markOfNow(session, plan);
  if (!now) throw gone(plan);
  const { engine } = now.relation;
  const changes = plan.mark ? describeChanges(plan.mark, now.mark) : [];
  if (changes.length === 0) return { plan, engine };
  const anew = await planAnew();
  return { plan: { ...anew, notes: [...anew.notes, `It was planned again when it was read: ${changes.join(', ')}.`] }, engine };
}

/** A column of which more values are none of its type than may be in quarantine gets a type with more room, and the notes say so. */
async function fitColumns(session: MysqlSession, plan: TablePlan): Promise<TablePlan> {
  const { sql, columns: asked } = new TableQueries(plan).counts();
  if (asked.length === 0) return plan;
  const [[rows = '0', ...misfits] = []] = await session.query(sql);
  const bearable = Number(rows) * plan.bad_row_share;
  const notes = [...plan.notes];
  const columns = plan.columns.map((column) => {
    const misfit = Number(misfits[asked.indexOf(column.name)] ?? 0);
    if (misfit <= bearable) return column;
    const wider = planColumn({ name: column.source_name, declared: column.source_type }, column.name, widerThan(column));
    notes.push(`Column ${column.name} is ${wider.neutral_type}: ${misfit} of its values are none of ${column.neutral_type}.`);
    return wider;
  });
  return { ...plan, columns, notes };
}

async function readSums(session: MysqlSession, queries: TableQueries, { columns }: TablePlan, verify: Extraction['verify']): Promise<TableSums> {
  const [row = []] = await session.query(queries.sums(verify));
  return readSumsRow(columns, row);
}

async function readUnfit(session: MysqlSession, queries: TableQueries, plan: TablePlan, quarantine: QuarantineSpool): Promise<void> {
  const sql = queries.unfit();
  if (sql === undefined) return;
  for await (const [column, reason, raw] of rowsOf(session, sql)) {
    const found = { column_name: column?.toString() ?? null, reason: reason?.toString() ?? '', raw: raw?.toString() ?? '' };
    if (plan.bad_rows === 'fail') throw badRow(plan, found);
    quarantine.add({ chunk: 1, line: null, ...found });
    if (quarantine.rows % 1000 === 0) await quarantine.flush();
  }
}

/** Folders of this load, without what an earlier try has left. */
async function emptyFolders(home: string, id: string): Promise<Folders> {
  for (const folder of Object.values(await loadFolders(home, id))) await rm(folder, { recursive: true, force: true });
  return await loadFolders(home, id);
}

const badRow = ({ table }: TablePlan, { column_name, reason }: { column_name: string | null; reason: string }) =>
  new SluiceError('TABLE_UNREADABLE', `${table} has a row that cannot be kept: ${column_name === null ? '' : `in ${column_name} `}${reason}.`, {
    hint: 'Correct the row, or let bad rows go to quarantine (badRows: "quarantine").',
    lasting: true,
  });

const gone = ({ table }: TablePlan) =>
  new SluiceError('TABLE_UNREADABLE', `${table} cannot be read: it has disappeared since it was planned.`, {
    hint: 'Check what became of it in the source, and start the load again.',
    lasting: true,
  });

const restless = ({ table }: TablePlan) =>
  new SluiceError('TABLE_UNVERIFIED', `${table} returns different rows each time that it is read.`, {
    hint: 'A table without transactions (MyISAM) must stand still while it is read; a view of the clock, or of random numbers, cannot be verified.',
  });
