import type { Cell, DemoColumn, Row } from './demo-table.ts';

const SPECIAL = /[\\\t\n\r]/g;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

const escaped = (text: string): string => text.replace(SPECIAL, (special) => ESCAPES[special] ?? special);

function arrayText(values: readonly Cell[]): string {
  const items = values.map((value) => (value === null ? 'NULL' : `"${String(value).replaceAll(/["\\]/g, '\\$&')}"`));
  return `{${items.join(',')}}`;
}

function cellText(value: Cell, array: boolean): string {
  if (value === null) return '\\N';
  if (typeof value === 'string') return escaped(value);
  if (typeof value !== 'object') return String(value);
  return escaped(array && Array.isArray(value) ? arrayText(value) : JSON.stringify(value));
}

const CHUNK = 1 << 16;

/** Rows in the text format of COPY, in pieces that are worth a write. */
export function* copyText(columns: readonly DemoColumn[], rows: Iterable<Row>): Generator<string> {
  const arrays = columns.map(({ type }) => type.includes('[]'));
  let text = '';
  for (const row of rows) {
    text += `${row.map((value, index) => cellText(value, arrays[index] ?? false)).join('\t')}\n`;
    if (text.length < CHUNK) continue;
    yield text;
    text = '';
  }
  if (text) yield text;
}
