import type { Buffer } from 'node:buffer';
import type { FilePlan } from '../../model.ts';
import { type FoundRecord, findLine } from './csv-records.ts';
import { hasValues } from './file-kinds.ts';
import { type Guess, TypeGuess } from './guess-type.ts';
import { jsonFault, textStart } from './json-format.ts';
import { eachMember, jsonKind, KeyIndex, stringText } from './json-members.ts';
import { jsonValues } from './json-values.ts';
import { isPacked } from './open-bytes.ts';
import { planColumns } from './plan-columns.ts';
import { type PlannedFile, readText, type TextPlan } from './plan-csv.ts';
import { readRecords } from './read-records.ts';
import { type Range, sampleRanges } from './sample-ranges.ts';

/** Columns of an NDJSON or JSON file, which are all keys of its objects, or the reason why there are none. */
export async function planNdjson(file: PlannedFile): Promise<TextPlan | string> {
  const head = await readText(file.path, file.csv?.encoding);
  if ('reason' in head) return head.reason;
  const { encoding } = head;
  const json_values = hasValues(file.path);
  const form = { ...(encoding !== undefined && { encoding }), ...(json_values && { json_values }) };
  const look = new JsonLook();
  // Where a value begins is only known to who has read all before it.
  const packed = json_values || encoding !== undefined || (await isPacked(file.path));
  for (const range of sampleRanges(file.bytes, packed)) await look.read(file.path, form, range);
  return look.plan(file, form);
}

/** Keys of all objects of a file, and their types by every value. */
export async function guessAllNdjson(path: string, form: JsonForm): Promise<Map<string, Guess>> {
  const look = new JsonLook();
  await look.read(path, form, undefined);
  return look.decide();
}

/** How the values of a file are told apart, and read. */
type JsonForm = Pick<FilePlan, 'encoding' | 'json_values'>;

/** A column that only ever was null may yet hold anything. */
const UNKNOWN: Guess = { type: 'JSON', type_args: {}, kind: 'mixed', note: null };

class JsonLook {
  readonly #guesses = new KeyIndex<TypeGuess>();
  #records = 0;
  #bytes = 0;

  async read(file: string, { encoding, json_values }: JsonForm, range: Range | undefined): Promise<void> {
    await readRecords({ file, encoding, find: json_values ? jsonValues() : findLine, ...(range && { range }) }, this);
  }

  record(block: Buffer, found: FoundRecord): void {
    if (textStart(block, found) === found.end) return;
    this.#records++;
    this.#bytes += found.next - found.start;
    if (found.fault !== null || jsonFault(block, found) !== null) return;
    this.#guesses.rewind();
    eachMember(block, found.start, found.end, (keyStart, keyEnd, start, end) => {
      const guess = this.#guesses.get(block, keyStart, keyEnd) ?? this.#newGuess(stringText(block, keyStart, keyEnd));
      const kind = jsonKind(block[start]);
      const edge = kind === 'string' ? 1 : 0;
      if (kind) guess?.add(kind, block, start + edge, end - edge);
    });
  }

  /** A key with a NUL is not a name: its line is a bad row. */
  #newGuess(key: string): TypeGuess | null {
    return key.includes('\0') ? null : this.#guesses.add(key, new TypeGuess());
  }

  decide(): Map<string, Guess> {
    return new Map(this.#guesses.entries().map(([key, guess]) => [key, guess.decide() ?? UNKNOWN]));
  }

  plan({ bytes, given }: PlannedFile, form: JsonForm): TextPlan | string {
    const guesses = this.decide();
    if (guesses.size === 0) return this.#records === 0 ? 'The file is empty: it has no columns.' : 'No line of it is a JSON object with members.';
    const planned = planColumns([...guesses.keys()], [...guesses.values()], given);
    if (typeof planned === 'string') return planned;
    const notes = form.encoding === undefined ? planned.notes : [`Its text is ${form.encoding}.`, ...planned.notes];
    const rows = Math.round((this.#records * Math.max(bytes, this.#bytes)) / this.#bytes);
    return { columns: planned.columns, estimated_rows: rows, notes, file: form };
  }
}
