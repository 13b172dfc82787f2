import { SluiceError } from '@sluice/core/errors/sluice-error';
import { readParquet } from '../../duckdb/readers.ts';
import type { Part } from '../../model.ts';
import { tellRows } from '../../stage/progress.ts';
import { identifier } from '../../types/sql.ts';
import { type FileExtraction, type ReadFile, withMemory, writeTablePart } from './extraction.ts';
import { openParquet, rowsOfGroups } from './parquet/footer.ts';
import { isKeptAsText, keepTexts } from './parquet/kept-text.ts';
import { expectSame, lookAgain, type SecondLook } from './parquet/second-look.ts';
import { WRONG_COUNT } from './wrong-count.ts';

/** Rows of a Parquet file that are read into one part: whole row groups. */
interface RowRange {
  readonly from: number;
  readonly to: number;
}

async function rowRanges({ plan, file }: FileExtraction): Promise<RowRange[]> {
  await using parquet = await openParquet(file);
  const ranges: RowRange[] = [];
  let [from, bytes] = [0, 0];
  for (const { to, bytes: size } of rowsOfGroups(parquet.groups)) {
    bytes += size;
    if (bytes < plan.chunk_mb * 2 ** 20) continue;
    ranges.push({ from, to });
    [from, bytes] = [to, 0];
  }
  const end = rowsOfGroups(parquet.groups).at(-1)?.to ?? 0;
  return end > from ? [...ranges, { from, to: end }] : ranges;
}

/** Reads a Parquet file, whose own types are kept, into parts. A second reader looks at the pages first, and both must say the same. */
export async function extractParquet(extraction: FileExtraction): Promise<ReadFile> {
  const { plan, file, engine, verify, context } = extraction;
  const look = await lookAgain(file, plan, { all: verify === 'full', signal: context.signal });
  const texts = plan.columns.filter(isKeptAsText);
  if (texts.length > 0) await keepTexts(file, texts, { engine, table: keptTexts(extraction) });
  await compareLooks(extraction, look);
  const progress = tellRows(extraction.context, extraction.plan.estimated_rows);
  const parts: Part[] = [];
  const ranges = await rowRanges(extraction);
  let read = 0;
  for (const range of ranges) {
    const part = await writeTablePart(extraction, rowsOf(extraction, [range], plan.sample), parts.length + 1);
    if (part.rows > 0) parts.push(part);
    read += part.rows;
    progress(read);
  }
  const expected = sampledRows(ranges.at(-1)?.to ?? 0, plan.sample);
  if (read !== expected) throw new SluiceError('INTERNAL', `${plan.from.name} has ${expected} rows, but ${read} were written.`, WRONG_COUNT);
  return { parts, rows_read: read, rows_quarantined: 0, quarantine_file: null, again: rowsOf(extraction, [], plan.sample), notes: look.notes };
}

async function compareLooks(extraction: FileExtraction, { facts, ranges }: SecondLook): Promise<void> {
  if (facts.size === 0 || ranges.length === 0) return;
  const lists = [...facts.values()].map(({ sql }) => `[${sql.map((each) => `(${each})::VARCHAR`).join(', ')}]`);
  const query = `select [${lists.join(', ')}] from (${rowsOf(extraction, ranges, 1)})`;
  const rows = await withMemory(extraction, async () => (await extraction.engine.connection.runAndReadAll(query)).getRowsJson());
  expectSame(extraction.plan, facts, rows[0]?.[0] as (string | null)[][]);
}

/** How many of so many rows a share takes: the first one, and then one whenever the share is full again. */
const sampledRows = (rows: number, share: number): number => (rows === 0 ? 0 : Math.floor((rows - 1) * share) + 1);

/** Each file of a table has its texts beside it. */
const keptTexts = ({ member }: FileExtraction): string => `kept_texts_${member}`;

/** Ranges that follow each other as one: a file may have a thousand row groups, and each row is compared with every range. */
function joined(ranges: readonly RowRange[]): RowRange[] {
  const all: RowRange[] = [];
  for (const range of ranges) {
    const last = all.at(-1);
    if (last && last.to === range.from) all[all.length - 1] = { from: last.from, to: range.to };
    else all.push(range);
  }
  return all;
}

function rowsOf(extraction: FileExtraction, ranges: readonly RowRange[], share: number): string {
  const { plan, file } = extraction;
  const within = joined(ranges).map(({ from, to }) => `(file_row_number >= ${from} and file_row_number < ${to})`);
  const conditions = [
    ...(within.length > 0 ? [`(${within.join(' or ')})`] : []),
    ...(share < 1 ? [`floor(file_row_number * ${share}::double) > floor((file_row_number - 1) * ${share}::double)`] : []),
  ];
  const columns = plan.columns.map((column) =>
    isKeptAsText(column) ? `texts.${identifier(column.name)}` : `rows.${identifier(column.name)} as ${identifier(column.name)}`,
  );
  const where = conditions.length > 0 ? ` where ${conditions.join(' and ')}` : '';
  const texts = plan.columns.some(isKeptAsText) ? ` join ${keptTexts(extraction)} texts on texts.row = rows.file_row_number` : '';
  return `select ${columns.join(', ')} from ${readParquet(file, { file_row_number: 'true' })} rows${texts}${where}`;
}
