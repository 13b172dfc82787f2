import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { copyText } from './copy-text.ts';
import { sampled, shareOf, type TableContent } from './demo-table.ts';
import { CONTENTS, type DemoTable } from './tables.ts';

/** What a table of the demo is made with. */
export interface Filling {
  readonly client: pg.Client;
  readonly table: DemoTable;
  /** Share of the rows to take. */
  readonly sample: number;
  /** Folder for a file on the way. */
  readonly folder: string;
  readonly signal: AbortSignal | undefined;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const tableSql = ({ name }: DemoTable): string => `public.${quoted(name)}`;

/** Makes a table and fills it, all of it or nothing. Returns how many rows it has. */
export async function fillTable(filling: Filling): Promise<number> {
  const { client, table } = filling;
  const content = CONTENTS[table.name];
  if (!content) throw new Error(`Nobody knows how to fill ${table.name}.`);
  const columns = content.columns.map(({ name, type }) => `${quoted(name)} ${type}`);
  const key = content.key ? [`alter table ${tableSql(table)} add primary key (${content.key.map(quoted).join(', ')})`] : [];
  await client.query(`begin; drop table if exists ${tableSql(table)}; create table ${tableSql(table)} (${columns.join(', ')})`);
  const rows = await copyContent(filling, content);
  await client.query([...key, 'commit'].join('; '));
  return rows;
}

async function copyContent({ client, table, sample, folder, signal }: Filling, content: TableContent): Promise<number> {
  const share = shareOf(table.rows, sample);
  // The table was made in this transaction: its rows can be frozen from the beginning, and no vacuum has to write them again.
  const target = (format: string) => client.query(copyFrom(`copy ${tableSql(table)} from stdin with (format ${format}, freeze)`));
  if (!content.writeCsv) {
    const stream = target('text');
    await pipeline(Readable.from(copyText(content.columns, sampled(await content.rows(), share))), stream, { signal });
    return stream.rowCount;
  }
  const file = join(folder, `.${table.name}.csv`);
  try {
    await content.writeCsv(file, share);
    const stream = target('csv');
    await pipeline(createReadStream(file, { highWaterMark: 1 << 18 }), stream, { signal });
    return stream.rowCount;
  } finally {
    await rm(file, { force: true });
  }
}
