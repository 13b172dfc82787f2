import { readFileSync } from 'node:fs';
import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import { isObject } from '@sluice/core/lib/json';
import type { QuarantineRow } from '@sluice/core/model/table-load';

/** A row in quarantine, and the text that is to be loaded in its place. */
export interface MendedText {
  readonly id: string;
  readonly raw: string;
}

/** What a person has mended: in a file that `quarantine show` has printed as JSON, or row by row. */
export function readMendedRows({ file, single }: { readonly file: string | undefined; readonly single: readonly string[] }): MendedText[] {
  return [...(file === undefined ? [] : readFile(file)), ...single.map(readSingle)];
}

/** Those that are another text than what stands there: a file may hold all rows, of which a person has mended some. */
export const changedRows = (rows: readonly MendedText[], standing: readonly Pick<QuarantineRow, 'id' | 'raw' | 'mended'>[]): MendedText[] => {
  const texts = new Map(standing.map(({ id, raw, mended }) => [id, [raw, mended]]));
  return rows.filter(({ id, raw }) => !texts.get(id)?.includes(raw));
};

function readSingle(written: string): MendedText {
  const at = written.indexOf('=');
  if (at > 0) return { id: written.slice(0, at), raw: written.slice(at + 1) };
  throw new SluiceError('USAGE', `"${written}" does not name a row and its text.`, { hint: "Write it as --row '506c8c6cc7c5=99001,40.9,-72.6'." });
}

function readFile(file: string): MendedText[] {
  try {
    const text = readFileSync(file === '-' ? 0 : file, 'utf8').trim();
    const values: unknown[] = text.startsWith('[') ? JSON.parse(text) : text.split('\n').flatMap((line) => (line.trim() ? [JSON.parse(line)] : []));
    return values.map(toRow);
  } catch (error) {
    throw new SluiceError('USAGE', `The mended rows cannot be read: ${messageOf(error)}.`, {
      hint: 'sluice quarantine show TABLE -o jsonl > rows.jsonl writes such a file: change `raw` of the rows that you mend.',
      cause: error,
    });
  }
}

function toRow(value: unknown): MendedText {
  const { id, raw } = isObject(value) ? value : {};
  if (typeof id === 'string' && typeof raw === 'string') return { id, raw };
  throw new TypeError('a row has an "id" and its text as "raw"');
}
