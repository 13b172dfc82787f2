import { readCsv, readJsonObjects } from '../../duckdb/readers.ts';
import type { ColumnPlan, CsvLayout, TablePlan } from '../../model.ts';
import { identifier, literal } from '../../types/sql.ts';
import { csvRoom, type RecordShape } from './csv-room.ts';

/** A spool file of JSON is CSV as we write it; one of CSV is written as its file. */
const SPOOLED_JSON = { delimiter: ',', quote: '"', header: false, null_words: [], decimal: '.' } as const;

type ReadLayout = Pick<CsvLayout, 'delimiter' | 'quote' | 'header' | 'null_words' | 'decimal'>;

const layoutOf = ({ kind, file }: TablePlan): ReadLayout => (kind === 'ndjson' || !file?.csv ? SPOOLED_JSON : file.csv);

/** How a spool file, or a plain CSV file itself, is read. */
function readText(plan: TablePlan, file: string, spooled: boolean, { shape, types }: { shape: RecordShape; types: readonly string[] }): string {
  const { delimiter, quote, header, null_words } = layoutOf(plan);
  const sign = literal(quote ?? '');
  const nullstr = `[${[...new Set(['', ...null_words])].map(literal).join(', ')}]`;
  return readCsv(file, {
    columns: types.map((type, index) => [`c${index}`, type]),
    options: { header: String(!spooled && header), delim: literal(delimiter), quote: sign, escape: sign, nullstr },
    room: csvRoom(shape),
  });
}

/** JSON text is kept as it stands: read as text, and only called JSON. A number with a comma is read as text, and then with a point. */
const isReadAsText = ({ type }: ColumnPlan, layout: ReadLayout): boolean =>
  type === 'JSON' || (layout.decimal === ',' && FRACTIONAL.test(type)) || emptyIsNull(layout);

/** An empty value in quotes is NULL as well, when a person says so. */
const emptyIsNull = ({ null_words }: ReadLayout): boolean => null_words.includes('');

const FRACTIONAL = /^(?:DECIMAL\(|DOUBLE$|FLOAT$)/;

function cast(text: string, { type }: ColumnPlan, layout: ReadLayout): string {
  const value = emptyIsNull(layout) ? `nullif(${text}, '')` : text;
  return layout.decimal === ',' && FRACTIONAL.test(type) ? `replace(${value}, ',', '.')::${type}` : `${value}::${type}`;
}

const select = (columns: readonly ColumnPlan[], value: (column: ColumnPlan, index: number) => string, from: string): string =>
  `select ${columns.map((column, index) => `${value(column, index)} as ${identifier(column.name)}`).join(', ')} from ${from}`;

/** The rows of a spool file with the planned types: what becomes a part. */
export function spooledRows(plan: TablePlan, file: string, shape: RecordShape): string {
  const layout = layoutOf(plan);
  const types = plan.columns.map((column) => (isReadAsText(column, layout) ? 'VARCHAR' : column.type));
  const from = readText(plan, file, true, { shape, types });
  return select(plan.columns, (column, index) => (isReadAsText(column, layout) ? cast(`c${index}`, column, layout) : `c${index}`), from);
}

/** The rows of a CSV file by another way: DuckDB alone finds the records, and casts text instead of reading types. */
export function csvRowsAgain(plan: TablePlan, file: string, copied: boolean, shape: RecordShape): string {
  const texts = plan.columns.map(() => 'VARCHAR');
  return select(plan.columns, (column, index) => cast(`c${index}`, column, layoutOf(plan)), readText(plan, file, copied, { shape, types: texts }));
}

const pointer = (key: string): string => literal(`/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);

/** The rows of an NDJSON file by another way: DuckDB's own JSON reader finds the values, all of a line at once. */
export function jsonRowsAgain(plan: TablePlan, file: string, longest: number): string {
  const size = Math.max(16 << 20, longest + 1024);
  const paths = `[${plan.columns.map(({ source_name }) => pointer(source_name)).join(', ')}]`;
  const nested = plan.columns.some(({ type }) => type === 'JSON') ? `, json_extract(json, ${paths}) as nested` : '';
  const from = `(select json_extract_string(json, ${paths}) as texts${nested} from ${readJsonObjects(file, plan.file?.json_values ? 'unstructured' : 'newline_delimited', `maximum_object_size = ${size}`)})`;
  return select(
    plan.columns,
    ({ type }, index) => (type === 'JSON' ? `nullif(nested[${index + 1}]::varchar, 'null')::JSON` : `texts[${index + 1}]::${type}`),
    from,
  );
}
