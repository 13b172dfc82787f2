import type { Buffer } from 'node:buffer';
import type { ColumnPlan } from '../../model.ts';
import type { SpoolFile } from '../../stage/spool-file.ts';
import type { FoundRecord } from './csv-records.ts';
import { eachMember, jsonKind, KeyIndex, stringText } from './json-members.ts';
import { isBigint } from './number-text.ts';
import type { FindRecord } from './read-records.ts';
import { type Fault, shown, type TextFormat } from './text-format.ts';
import { type TextType, textType, type ValueKind } from './text-types.ts';

const COMMA = 44;
const JSON_TYPE = 'JSON';
const LF = 10;
const BRACE = 0x7b;
const BACKSLASH = 92;

interface JsonColumn {
  readonly index: number;
  readonly name: string;
  readonly kind: ValueKind | 'mixed';
  readonly type: TextType;
}

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0d;

/** Where the text of a line begins; its end when it is blank. */
export function textStart(block: Buffer, { start, end }: FoundRecord): number {
  let at = start;
  while (at < end && isSpace(block[at])) at++;
  return at;
}

/** A surrogate without its other half, as `JSON.stringify` writes it: not behind an odd number of backslashes. */
const HALF_PAIR = /(?:^|[^\\])(?:\\\\)*\\ud[89a-f]/;

/** What is wrong with a line of JSON as a whole. */
export function jsonFault(block: Buffer, found: FoundRecord): string | null {
  if (block[textStart(block, found)] !== BRACE) return 'it is not a JSON object';
  const text = block.toString('utf8', found.start, found.end);
  try {
    const value: unknown = JSON.parse(text);
    // No UTF-8 text can hold half a pair: it would turn into a question mark.
    return /\\u[dD]/.test(text) && HALF_PAIR.test(JSON.stringify(value)) ? 'it holds half of a surrogate pair' : null;
  } catch {
    return 'it is not valid JSON';
  }
}

/** JSON, one object a line or a value. A missing member is NULL, as `null` is; values keep the text that they have in the file. */
export function jsonFormat(plans: readonly ColumnPlan[], find: FindRecord): TextFormat {
  const columns = plans.map(
    (plan, index): JsonColumn => ({
      index,
      name: plan.source_name,
      kind: plan.source_type as ValueKind | 'mixed',
      type: textType(plan),
    }),
  );
  const keys = new KeyIndex<JsonColumn>();
  for (const column of columns) keys.add(column.name, column);
  const seen = new Int32Array(columns.length);
  let line = 0;
  return {
    find,
    isBlank: (block, found) => textStart(block, found) === found.end,
    judge(block, found) {
      const whole = jsonFault(block, found);
      if (whole !== null) return { column: null, reason: whole };
      let fault: Fault | null = null;
      line++;
      keys.rewind();
      for (const { index } of columns) found.starts[index] = -1;
      eachMember(block, found.start, found.end, (keyStart, keyEnd, start, end) => {
        const column = keys.get(block, keyStart, keyEnd);
        if (!column) fault ??= unknownKey(stringText(block, keyStart, keyEnd));
        else if (seen[column.index] === line) fault ??= { column: column.name, reason: 'the key appears twice in the object' };
        else fault ??= takeMember(column, block, { start, end, found });
        if (column) seen[column.index] = line;
      });
      return fault;
    },
    write(spool, block, found) {
      for (const column of columns) {
        if (column.index > 0) spool.byte(COMMA);
        const [start = -1, end = 0] = [found.starts[column.index], found.ends[column.index]];
        if (start >= 0) writeValue(spool, block, start, end, column.type);
      }
      spool.byte(LF);
    },
  };
}

const unknownKey = (key: string): Fault =>
  key.includes('\0')
    ? { column: key.replaceAll('\0', '\\0'), reason: 'the key holds a NUL character' }
    : { column: key, reason: 'the key was not there when the table was planned', misfit: true };

interface Place {
  readonly start: number;
  readonly end: number;
  readonly found: FoundRecord;
}

/** Notes where the value of a member stands, or says what is wrong with it. */
function takeMember(column: JsonColumn, block: Buffer, { start, end, found }: Place): Fault | null {
  const kind = jsonKind(block[start]);
  if (kind === null) return null;
  found.starts[column.index] = start;
  found.ends[column.index] = end;
  const { name: type, keeps, guessed } = column.type;
  if (type === JSON_TYPE) return null;
  const edge = kind === 'string' ? 1 : 0;
  const fault = (reason: (value: string) => string, misfit = guessed): Fault => ({
    column: column.name,
    reason: reason(shown(block, start + edge, end - edge)),
    misfit,
  });
  if (guessed ? kind !== column.kind : !mayBe(kind, type))
    return fault((value) => `${value} is a ${kind} instead of a ${guessed ? column.kind : type}`);
  if (!guessed && kind === 'number' && type === 'VARCHAR' && !isBigint(block, start, end))
    return fault((value) => `${value} is a number whose text JSON does not keep`);
  if (keeps && !keeps(block, start + edge, end - edge)) return fault((value) => `${value} cannot be kept as ${type}`);
  return edge && hasNul(block, start, end) ? fault(() => 'it holds a NUL character', false) : null;
}

/** Whether a value of this kind may be one of a type that a person has given. */
const mayBe = (kind: ValueKind, type: string): boolean => kind !== 'json' || type === JSON_TYPE;

const hasEscape = (block: Buffer, start: number, end: number): boolean => {
  for (let at = start; at < end; at++) if (block[at] === BACKSLASH) return true;
  return false;
};

const hasNul = (block: Buffer, start: number, end: number): boolean =>
  hasEscape(block, start, end) && (JSON.parse(block.toString('utf8', start, end)) as string).includes('\0');

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

function writeValue(spool: SpoolFile, block: Buffer, start: number, end: number, type: TextType): void {
  const kind = jsonKind(block[start]);
  if (type.name === JSON_TYPE) spool.text(quoted(block.toString('utf8', start, end)));
  // A JSON string without escapes is a quoted CSV value as it stands.
  else if (kind !== 'string' || !hasEscape(block, start, end)) spool.copy(block, start, end);
  else spool.text(quoted(JSON.parse(block.toString('utf8', start, end)) as string));
}
