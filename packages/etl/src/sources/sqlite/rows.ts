import { isUtf8 } from 'node:buffer';
import { setImmediate as breathe } from 'node:timers/promises';
import type { TablePlan } from '../../model.ts';
import { identifier } from '../../types/sql.ts';
import type { SqliteFile } from './open.ts';
import type { SqliteValue } from './types/rules.ts';

/** Bytes that are declared to be a text, and are none. */
export class NoText {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

export type FoundValue = SqliteValue | NoText;

/** There may be a text whose bytes are none: node:sqlite gives it as if it was one. The rows must be read as bytes. */
export class SuspiciousText extends Error {}

export interface RowsRequest {
  readonly plan: TablePlan;
  /** By which name rows have numbers; null where they have none. */
  readonly rowid: string | null;
  /** Texts are looked at byte by byte. */
  readonly asBytes: boolean;
  readonly signal: AbortSignal;
}

/** Rows are many, and the loop of events is one: it has its turn after so many. */
const ROWS_OF_A_TURN = 2000;

/** All rows of a table, of one state of the file, each told with its number; 0 where there is none. */
export async function eachRow(file: SqliteFile, request: RowsRequest, take: (row: FoundValue[], rowid: bigint) => void): Promise<void> {
  const { plan, rowid, asBytes, signal } = request;
  const names = plan.columns.map(({ source_name }) => identifier(source_name));
  const values = asBytes
    ? names.flatMap((name) => [`case typeof(${name}) when 'text' then cast(${name} as blob) else ${name} end`, `typeof(${name})`])
    : names;
  const sql = `select ${[rowid ?? '0', ...values].join(', ')} from ${identifier(plan.from.name)}${rowid === null ? '' : ` where ${someRows(rowid, plan)} order by ${rowid}`}`;
  const statement = file.database.prepare(sql);
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  const textOf = asBytes ? decoder(file) : undefined;
  let rows = 0;
  for (const found of statement.iterate() as Iterable<unknown> as Iterable<SqliteValue[]>) {
    const row = textOf ? decoded(found, textOf) : found.slice(1);
    if (!textOf && row.some((value) => typeof value === 'string' && value.includes('\ufffd'))) throw new SuspiciousText();
    take(row, found[0] as bigint);
    if (++rows % ROWS_OF_A_TURN > 0) continue;
    await breathe();
    signal.throwIfAborted();
  }
}

/** A share of the rows, spread over the table: the numbers are turned around, for those that follow each other were made together. */
export const someRows = (rowid: string, { sample }: Pick<TablePlan, 'sample'>): string =>
  sample < 1 ? `(((${rowid} & 65535) * 40503) & 65535) < ${Math.ceil(sample * 65536)}` : 'true';

const decoded = (found: readonly SqliteValue[], textOf: (bytes: Uint8Array) => string | NoText): FoundValue[] =>
  Array.from({ length: (found.length - 1) / 2 }, (_, index) => {
    const [value = null, type] = [found[1 + index * 2], found[2 + index * 2]];
    return type === 'text' ? textOf(value as Uint8Array) : value;
  });

/** A text as the file has it, by its encoding. */
function decoder({ database }: SqliteFile): (bytes: Uint8Array) => string | NoText {
  const encoding = String(database.prepare('pragma encoding').get()?.['encoding']).toLowerCase();
  if (encoding === 'utf-8') return (bytes) => (isUtf8(bytes) ? Buffer.from(bytes).toString('utf8') : new NoText(bytes));
  return (bytes) => {
    const units = Buffer.from(bytes);
    const text = (encoding.endsWith('be') && units.length % 2 === 0 ? units.swap16() : units).toString('utf16le');
    return units.length % 2 === 0 && text.isWellFormed() ? text : new NoText(bytes);
  };
}
