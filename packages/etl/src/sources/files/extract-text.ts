import { join } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { SpoolFile } from '../../stage/spool-file.ts';
import { type FileExtraction, type ReadFile, writeRows } from './extraction.ts';
import { PartWriter } from './part-writer.ts';
import { type RowCount, type RowSink, readRows } from './read-rows.ts';
import { csvRowsAgain, jsonRowsAgain } from './text-query.ts';
import { WRONG_COUNT } from './wrong-count.ts';

/** Reads a CSV or NDJSON file into parts, then a second time, by another way, for the sums to compare with. */
export async function extractText(extraction: FileExtraction): Promise<ReadFile> {
  const { plan, file, context } = extraction;
  await using writer = await PartWriter.create(extraction);
  const count = await readRows(plan, file, writer, context.signal);
  await writer.finish();
  const { parts, quarantine } = writer;
  const rowsInParts = parts.reduce((sum, { rows }) => sum + rows, 0);
  if (rowsInParts + quarantine.rows !== count.rows) {
    throw new SluiceError(
      'INTERNAL',
      `${plan.from.name} has ${count.rows} rows, but ${rowsInParts} were written and ${quarantine.rows} put aside.`,
      WRONG_COUNT,
    );
  }
  const bad = await quarantine.close();
  const quarantine_file = bad && (await writeRows(extraction, bad, `quarantine-${extraction.member}`)).file;
  const again = await readAgain(extraction, count, quarantine.rows);
  return { parts, rows_read: count.rows, rows_quarantined: quarantine.rows, quarantine_file, again, notes: [] };
}

/** DuckDB reads the file itself; when some of its lines are bad rows, or not rows at all, it reads a copy without them. */
async function readAgain(extraction: FileExtraction, count: RowCount, badRows: number): Promise<string> {
  const { plan, folders } = extraction;
  const asItIs = count.plain && badRows === 0 && plan.sample === 1;
  const file = asItIs ? extraction.file : await copyGoodLines(extraction, join(folders.spool, 'again'));
  return plan.kind === 'ndjson' ? jsonRowsAgain(plan, file, count.longest) : csvRowsAgain(plan, file, !asItIs, count);
}

async function copyGoodLines({ plan, file, context }: FileExtraction, path: string): Promise<string> {
  const spool = await SpoolFile.create(path);
  try {
    const good: RowSink['good'] = (block, { start, end, next }) => spool.line(block, start, end, next);
    await readRows(plan, file, { good, bad: () => {}, pause: () => spool.flush() }, context.signal);
  } finally {
    await spool.close();
  }
  return path;
}
