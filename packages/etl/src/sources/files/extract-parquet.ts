import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Part } from '../../model.ts';
import { parquetGroups, readParquet } from '../../types/readers.ts';
import { identifier } from '../../types/sql.ts';
import { type FileExtraction, partName, progressOf, type ReadFile, writeRows } from './extraction.ts';
import { sumsOf } from './sums-of.ts';

/** Rows of a Parquet file that are read into one part: whole row groups. */
interface RowRange {
  readonly from: number;
  readonly to: number;
}

async function rowRanges({ plan, file, engine }: FileExtraction): Promise<RowRange[]> {
  const groups = await engine.connection.runAndReadAll(
    `select row_group_num_rows, sum(total_compressed_size) from ${parquetGroups(file)} group by row_group_id, row_group_num_rows order by row_group_id`,
  );
  const ranges: RowRange[] = [];
  let [from, to, bytes] = [0, 0, 0];
  for (const [rows, size] of groups.getRows()) {
    to += Number(rows);
    bytes += Number(size);
    if (bytes < plan.chunk_mb * 2 ** 20) continue;
    ranges.push({ from, to });
    [from, bytes] = [to, 0];
  }
  return to > from ? [...ranges, { from, to }] : ranges;
}

/** Reads a Parquet file, whose own types are kept, into parts; the sums are those of the file itself. */
export async function extractParquet(extraction: FileExtraction): Promise<ReadFile> {
  const { plan } = extraction;
  const progress = progressOf(extraction);
  const parts: Part[] = [];
  const ranges = await rowRanges(extraction);
  let read = 0;
  for (const range of ranges) {
    const part = await writeRows(extraction, rowsOf(extraction, range), partName(parts.length + 1));
    if (part.rows > 0) parts.push(part);
    read += part.rows;
    progress(read);
  }
  const expected = sampledRows(ranges.at(-1)?.to ?? 0, plan.sample);
  if (read !== expected) throw new SluiceError('INTERNAL', `${plan.from.name} has ${expected} rows, but ${read} were written.`);
  return { parts, rows_read: read, rows_quarantined: 0, quarantine_file: null, sums: await sumsOf(extraction, rowsOf(extraction)) };
}

/** How many of so many rows a share takes: the first one, and then one whenever the share is full again. */
const sampledRows = (rows: number, share: number): number => (rows === 0 ? 0 : Math.floor((rows - 1) * share) + 1);

function rowsOf({ plan, file }: FileExtraction, range?: RowRange): string {
  const conditions = [
    ...(range ? [`file_row_number >= ${range.from}`, `file_row_number < ${range.to}`] : []),
    ...(plan.sample < 1 ? [`floor(file_row_number * ${plan.sample}::double) > floor((file_row_number - 1) * ${plan.sample}::double)`] : []),
  ];
  const columns = plan.columns.map(({ source_name, name }) => `${identifier(source_name)} as ${identifier(name)}`).join(', ');
  const where = conditions.length > 0 ? ` where ${conditions.join(' and ')}` : '';
  return `select ${columns} from ${readParquet(file, { file_row_number: 'true' })}${where}`;
}
