import { resolve } from 'node:path';
import { etlPaths, identifier, parseName, type QualifiedName, type Report } from '@sluice/etl';
import { isDatabase } from '@sluice/etl/source-kinds';
import Table from 'cli-table3';
import { called, resetCommand } from '../program/called.ts';
import { bytes } from '../render/bytes.ts';
import { paint } from '../render/paint.ts';
import { shellWord } from '../render/shell.ts';
import { foldersOf } from '../reset/leftovers.ts';

const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

const HEAD = ['table', 'read', 'loaded', 'quarantined', 'seconds', 'rows/s', 'worker', 'attempts', 'verified'];

/** The table at the end, one row for each table of the job, and the totals under it. */
export function toSummary(
  { tables, unreadable, older, totals, warehouse, snapshots }: Report,
  { home, seconds }: { home: string; seconds: number },
): string {
  const table = new Table({
    head: HEAD.map((title) => paint('bold', title)),
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'left', 'right', 'left'],
  });
  const several = new Set(tables.flatMap(({ host }) => host ?? [])).size > 1;
  for (const row of tables) {
    table.push([
      row.table,
      number.format(row.rows_read),
      number.format(row.rows_loaded),
      row.rows_quarantined > 0 ? paint('yellow', number.format(row.rows_quarantined)) : '0',
      row.seconds.toFixed(2),
      row.seconds > 0 ? number.format(row.rows_loaded / row.seconds) : '',
      [row.worker, several && row.host && `on ${row.host}`].filter(Boolean).join(' '),
      row.attempts,
      row.verified ? paint('green', '✓') : paint('red', `✗ ${row.reason ?? ''}`),
    ]);
  }
  const failed = tables.filter(({ verified }) => !verified).length;
  // A README beside the tables is none of them.
  const unread = unreadable.filter(({ entry }) => entry !== 'other').length;
  const lines = [
    table.toString(),
    ...unreadable.map(({ table: name, reason }) => paint('yellow', `not read: ${reason.startsWith(name) ? reason : `${name}: ${reason}`}`)),
    ...tables.flatMap(({ table: name, notes }) => notes.map((note) => paint('dim', `note: ${name}: ${note}`))),
    ...older.map(({ table: name, rows, loaded, reason }) =>
      paint('yellow', `still in the warehouse: ${name}, ${number.format(rows)} rows loaded ${loaded}; ${reason}.`),
    ),
    '',
    `${tables.length - failed} of ${tables.length + unread} tables verified, ${number.format(totals.rows_loaded)} rows in ${seconds.toFixed(1)} s (${number.format(totals.rows_loaded / seconds)} rows/s).`,
    ...sharedSnapshots({ tables, snapshots }),
    `Warehouse: ${warehouse}`,
    ...queryHint({ tables, warehouse }, home),
  ];
  return lines.join('\n');
}

/** Which tables are of one instant, and which are not. */
function sharedSnapshots({ tables, snapshots = [] }: Pick<Report, 'tables' | 'snapshots'>): string[] {
  if (snapshots.length === 0) return [];
  const shared = new Set(snapshots.flatMap((snapshot) => snapshot.tables));
  const alone = tables.filter(({ table, outcome }) => outcome !== 'failed' && !shared.has(table)).map(({ table }) => table);
  return [
    ...snapshots.map((snapshot) => `Snapshot of ${snapshot.taken_at}: ${snapshot.tables.join(', ')}.`),
    ...(alone.length > 0 ? [paint('yellow', `Not in a snapshot: ${alone.join(', ')}.`)] : []),
  ];
}

/** A query that works when it is pasted: it asks for the largest table of this job. */
function queryHint({ tables, warehouse }: Pick<Report, 'tables' | 'warehouse'>, home: string): string[] {
  const loaded = tables.filter(({ outcome }) => outcome !== 'failed');
  const [largest] = loaded.toSorted((a, b) => b.rows_loaded - a.rows_loaded);
  const name = largest && parseName(largest.target ?? largest.table);
  if (!name) return [];
  const own = resolve(warehouse) === etlPaths(home).warehouse;
  const query = shellWord(`select count(*) from ${toSql(name, isDatabase(warehouse))}`);
  return [`Query it:  ${called(`query ${query}`)}${own ? '' : ` --warehouse ${shellWord(warehouse)}`}`];
}

/** After a dot any word is taken as it is; before it, one that is known would have to stand in quotes. PostgreSQL folds capitals. */
function toSql({ schema, name }: QualifiedName, folds: boolean): string {
  const isPlain = (part: string) => (folds ? /^[a-z_][a-z_\d]*$/ : /^[a-z_]\w*$/i).test(part);
  return `${schema === 'public' || schema === 'main' ? schema : identifier(schema)}.${isPlain(name) ? name : identifier(name)}`;
}

/** What stays on this machine. */
export async function diskUsed(home: string): Promise<string> {
  const used = (await foldersOf(home)).reduce((sum, folder) => sum + folder.bytes, 0);
  return `Disk used: ${bytes(used)}, removed by: ${resetCommand()}`;
}
