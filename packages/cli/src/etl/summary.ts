import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '@sluice/etl';
import Table from 'cli-table3';
import { bytes } from '../render/bytes.ts';
import { paint } from '../render/paint.ts';

const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

const HEAD = ['table', 'read', 'loaded', 'quarantined', 'seconds', 'rows/s', 'worker', 'attempts', 'verified'];

/** The table at the end, one row for each table of the job, and the totals under it. */
export async function toSummary(
  { tables, unreadable, totals, warehouse }: Report,
  { home, seconds }: { home: string; seconds: number },
): Promise<string> {
  const table = new Table({
    head: HEAD.map((title) => paint('bold', title)),
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'left', 'right', 'left'],
  });
  for (const row of tables) {
    table.push([
      row.table,
      number.format(row.rows_read),
      number.format(row.rows_loaded),
      row.rows_quarantined > 0 ? paint('yellow', number.format(row.rows_quarantined)) : '0',
      row.seconds.toFixed(2),
      row.seconds > 0 ? number.format(row.rows_loaded / row.seconds) : '',
      row.worker ?? '',
      row.attempts,
      row.verified ? paint('green', '✓') : paint('red', `✗ ${row.reason ?? ''}`),
    ]);
  }
  const failed = tables.filter(({ verified }) => !verified).length;
  const lines = [
    table.toString(),
    ...unreadable.map(({ table: name, reason }) => paint('yellow', `not read: ${name}: ${reason}`)),
    '',
    `${tables.length - failed} of ${tables.length} tables verified, ${number.format(totals.rows_loaded)} rows in ${seconds.toFixed(1)} s (${number.format(totals.rows_loaded / seconds)} rows/s).`,
    `Warehouse: ${warehouse}`,
    `Query it:  npx sluice query "select count(*) from public.flights"`,
    `Disk used: ${bytes(await folderBytes(home))}, removed by: npm run etl:reset`,
  ];
  return lines.join('\n');
}

async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        stat(join(entry.parentPath, entry.name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
