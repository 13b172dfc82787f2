import type { Buffer } from 'node:buffer';
import { columnNames, textColumn } from './column-names.ts';
import { type FoundRecord, findLine } from './csv-records.ts';
import { hasValues } from './file-kinds.ts';
import { type Guess, TypeGuess } from './guess-type.ts';
import { jsonFault, textStart } from './json-format.ts';
import { eachMember, jsonKind, KeyIndex, stringText } from './json-members.ts';
import { jsonValues } from './json-values.ts';
import { isPacked } from './open-bytes.ts';
import type { PlannedFile, TextPlan } from './plan-csv.ts';
import { readRecords } from './read-records.ts';
import { sampleRanges } from './sample-ranges.ts';
import { JSON_TEXT } from './text-types.ts';

/** Columns of an NDJSON or JSON file, which are all keys of its objects, or the reason why there are none. */
export async function planNdjson(file: PlannedFile): Promise<TextPlan | string> {
  const look = new JsonLook();
  const values = hasValues(file.path);
  // Where a value begins is only known to who has read all before it.
  for (const range of sampleRanges(file.bytes, values || (await isPacked(file.path))))
    await readRecords({ file: file.path, find: values ? jsonValues() : findLine, ...(range && { range }) }, look);
  return look.plan(file, values);
}

/** A column that only ever was null may yet hold anything. */
const UNKNOWN: Guess = { type: JSON_TEXT, kind: 'mixed', note: null };

class JsonLook {
  readonly #guesses = new KeyIndex<TypeGuess>();
  #records = 0;
  #bytes = 0;

  record(block: Buffer, found: FoundRecord): void {
    if (textStart(block, found) === found.end) return;
    this.#records++;
    this.#bytes += found.next - found.start;
    if (found.fault !== null || jsonFault(block, found) !== null) return;
    this.#guesses.rewind();
    eachMember(block, found.start, found.end, (keyStart, keyEnd, start, end) => {
      const guess = this.#guesses.get(block, keyStart, keyEnd) ?? this.#guesses.add(stringText(block, keyStart, keyEnd), new TypeGuess());
      const kind = jsonKind(block[start]);
      const edge = kind === 'string' ? 1 : 0;
      if (kind) guess.add(kind, block, start + edge, end - edge);
    });
  }

  plan({ bytes, badShare }: PlannedFile, json_values: boolean): TextPlan | string {
    const guesses = this.#guesses.entries();
    const keys = guesses.map(([key]) => key);
    if (keys.length === 0) return this.#records === 0 ? 'The file is empty: it has no columns.' : 'No line of it is a JSON object with members.';
    const { names, notes } = columnNames(keys);
    const columns = guesses.map(([key, guess], index) => {
      const { type, kind, note } = guess.decide(badShare) ?? UNKNOWN;
      if (note) notes.push(`Column ${key} ${note}.`);
      return textColumn(key, names[index] ?? '', kind, type.name);
    });
    return {
      columns,
      estimated_rows: Math.round((this.#records * Math.max(bytes, this.#bytes)) / this.#bytes),
      notes,
      file: json_values ? { json_values } : {},
    };
  }
}
