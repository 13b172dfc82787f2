import type { Buffer } from 'node:buffer';
import { type FoundRecord, findLine } from './csv-records.ts';
import type { FindRecord } from './read-records.ts';

const [TAB, LF, CR, SPACE, QUOTE, COMMA, BACKSLASH] = [0x09, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x5c];
const [OPEN, CLOSE, BRACE, BRACE_END] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Behind a value that nobody closes the whole rest of the file would have to be held in memory. */
const LOOKAHEAD_BYTES = 32 << 20;

/** Of records that begin with what begins no value. */
const SIGNS: Readonly<Record<string, string>> = {
  ',': 'there is a comma between values that are not in an array',
  ']': 'it closes an array that was not opened',
  '}': 'it closes an object that was not opened',
};

/** What may come next: a value of the file, an element of its one array, what stands between two of them, or nothing more. */
type Place = 'start' | 'value' | 'element' | 'comma' | 'end';

/**
 * Finds the records of a JSON file that is one array, or values one behind the other, on however many lines. Signs between values are
 * records without text, so that lines are counted as they stand. It knows where in the file it is: each reading needs one of its own.
 */
export function jsonValues(): FindRecord {
  let place: Place = 'start';
  const sign = (found: FoundRecord, at: number, next: Place): true => {
    place = next;
    return fill(found, { start: at, end: at, next: at + 1, lines: 0 });
  };
  return (block, from, final, found) => {
    const at = skip(block, from);
    const byte = block[at];
    if (byte === undefined) {
      if (final && (place === 'element' || place === 'comma')) throw new Error('its array is not closed: the file may be cut');
      return false;
    }
    if (byte === LF) return fill(found, { start: at, end: at, next: at + 1, lines: 1 });
    if (place === 'end') throw new Error('something follows its array');
    if (place === 'start') {
      if (byte === OPEN) return sign(found, at, 'element');
      place = 'value';
    }
    if (byte === CLOSE && place !== 'value') return sign(found, at, 'end');
    if (place === 'comma') {
      if (byte === COMMA) return sign(found, at, 'element');
      return findLine(block, at, final, found, 'there is no comma before it');
    }
    const end = valueEnd(block, at);
    if (end === undefined || (end === block.length && !final && byte !== BRACE)) {
      if (!final && block.length - at < LOOKAHEAD_BYTES) return false;
      return findLine(block, at, final, found, 'it is a value that is not closed');
    }
    // Without this a sign that begins no value would be found again and again.
    if (end === at) return findLine(block, at, final, found, SIGNS[String.fromCharCode(byte)] ?? 'no value can begin with it');
    if (place === 'element') place = 'comma';
    return fill(found, { start: at, end, next: end, lines: countLines(block, at, end) });
  };
}

function fill(found: FoundRecord, place: Pick<FoundRecord, 'start' | 'end' | 'next' | 'lines'>): true {
  Object.assign(found, place, { columns: 0, fault: null });
  return true;
}

function skip(block: Buffer, from: number): number {
  let at = from;
  while (block[at] === SPACE || block[at] === TAB || block[at] === CR) at++;
  return at;
}

function countLines(block: Buffer, start: number, end: number): number {
  let lines = 0;
  for (let at = block.indexOf(LF, start); at >= 0 && at < end; at = block.indexOf(LF, at + 1)) lines++;
  return lines;
}

/** Behind the value that begins at `from`; undefined when the block ends before it does. */
function valueEnd(block: Buffer, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < block.length; at++) {
    const byte = block[at] ?? 0;
    if (byte === QUOTE) {
      const end = stringEnd(block, at);
      if (end === undefined) return undefined;
      at = end;
    } else if (byte === BRACE || byte === OPEN) depth++;
    else if (byte === BRACE_END || byte === CLOSE) {
      if (depth === 0) return at;
      depth--;
    } else if (depth > 0 || !endsScalar(byte)) continue;
    else return at;
    if (depth === 0) return at + 1;
  }
  return depth > 0 ? undefined : block.length;
}

const endsScalar = (byte: number): boolean => byte === COMMA || byte === SPACE || byte === TAB || byte === CR || byte === LF;

/** The closing quote of the string that begins at `from`. */
function stringEnd(block: Buffer, from: number): number | undefined {
  for (let at = from + 1; at < block.length; at++) {
    if (block[at] === BACKSLASH) at++;
    else if (block[at] === QUOTE) return at;
  }
  return undefined;
}
