import type { Buffer } from 'node:buffer';
import type { Check } from './forms.ts';
import { POINT } from './number-text.ts';
import { emptyTime, isDate, scanClock, scanTime } from './time-text.ts';

/*
 * Types that a person gives to a column. What was guessed must give back each text; here a value has to be of the type, however it is
 * written: `007` is a number when somebody says so.
 */

const NAMES: Readonly<Record<string, string>> = {
  TEXT: 'VARCHAR',
  STRING: 'VARCHAR',
  CHAR: 'VARCHAR',
  BOOL: 'BOOLEAN',
  INT1: 'TINYINT',
  INT2: 'SMALLINT',
  INT: 'INTEGER',
  INT4: 'INTEGER',
  INT8: 'BIGINT',
  LONG: 'BIGINT',
  FLOAT4: 'FLOAT',
  REAL: 'FLOAT',
  FLOAT8: 'DOUBLE',
  'DOUBLE PRECISION': 'DOUBLE',
  DATETIME: 'TIMESTAMP',
  TIMESTAMPTZ: 'TIMESTAMP WITH TIME ZONE',
};

const INTEGERS: Readonly<Record<string, readonly [bigint, bigint]>> = {
  TINYINT: signed(8n),
  SMALLINT: signed(16n),
  INTEGER: signed(32n),
  BIGINT: signed(64n),
  UTINYINT: [0n, 2n ** 8n - 1n],
  USMALLINT: [0n, 2n ** 16n - 1n],
  UINTEGER: [0n, 2n ** 32n - 1n],
  UBIGINT: [0n, 2n ** 64n - 1n],
};

function signed(bits: bigint): readonly [bigint, bigint] {
  return [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
}

const OTHERS = ['VARCHAR', 'BOOLEAN', 'FLOAT', 'DOUBLE', 'DATE', 'TIME', 'TIMESTAMP', 'TIMESTAMP WITH TIME ZONE', 'JSON', 'UUID'];

/** For a sentence. */
export const GIVEN_TYPES = [...OTHERS.slice(0, 2), ...Object.keys(INTEGERS), 'DECIMAL(18,2)', ...OTHERS.slice(2)];

const DECIMAL = /^(?:DECIMAL|NUMERIC|DEC) ?\( ?(\d+) ?(?:, ?(\d+) ?)?\)$/;

/** DuckDB's name of a type that a person has written; null for one that text cannot become. */
export function givenType(written: string): string | null {
  const text = written.trim().toUpperCase().replaceAll(/\s+/g, ' ');
  const [, width, scale = '0'] = DECIMAL.exec(text) ?? [];
  if (width !== undefined) return Number(width) >= 1 && Number(width) <= 38 && Number(scale) <= Number(width) ? `DECIMAL(${+width},${+scale})` : null;
  const name = /^(?:VAR)?CHAR ?\(\d+\)$/.test(text) ? 'VARCHAR' : (NAMES[text] ?? text);
  return name in INTEGERS || OTHERS.includes(name) ? name : null;
}

const plain = (block: Buffer, start: number, end: number, point = POINT): string => {
  const text = block.toString('utf8', start, end).trim();
  return point === POINT ? text : text.replace(',', '.');
};

const onText =
  (point: number, keeps: (text: string) => boolean): Check =>
  (block, start, end) =>
    keeps(plain(block, start, end, point));

const WHOLE = /^[+-]?\d+(?:\.0+)?$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const NO_NUMBER = /^[+-]?(?:nan|inf(?:inity)?)$/i;
const BOOLEANS = /^(?:true|false|t|f|yes|no|y|n|1|0)$/i;
const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;
const LARGEST_FLOAT = 3.4028234663852886e38;

function isDecimalOf(width: number, scale: number, text: string): boolean {
  const [, whole = '', fraction = ''] = /^[+-]?(\d*)(?:\.(\d*))?$/.exec(text) ?? [];
  return whole + fraction !== '' && whole.replace(/^0+/, '').length <= width - scale && fraction.replace(/0+$/, '').length <= scale;
}

function isFloatUpTo(largest: number, text: string): boolean {
  return NO_NUMBER.test(text) || (NUMBER.test(text) && Math.abs(Number(text)) <= largest);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const time = emptyTime();
const isTimestamp: Check = (block, start, end) => isDate(block, start, end) || (scanTime(block, start, end, time) && time.zone === end);
const isInstant: Check = (block, start, end) => scanTime(block, start, end, time) && time.zone < end;

/** Which texts are values of a type that was given. */
export function givenCheck(type: string, point: number): Check | null {
  const range = INTEGERS[type];
  if (range) return onText(POINT, (text) => WHOLE.test(text) && isWithin(range, BigInt(text.replace(/^\+|\..*$/g, ''))));
  const [, width, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(type) ?? [];
  if (width !== undefined) return onText(point, (text) => isDecimalOf(Number(width), Number(scale), text));
  switch (type) {
    case 'FLOAT':
      return onText(point, (text) => isFloatUpTo(LARGEST_FLOAT, text));
    case 'DOUBLE':
      return onText(point, (text) => isFloatUpTo(Number.MAX_VALUE, text));
    case 'BOOLEAN':
      return onText(POINT, (text) => BOOLEANS.test(text));
    case 'DATE':
      return isDate;
    case 'TIME':
      return (block, start, end) => scanClock(block, start, end, time) === end;
    case 'TIMESTAMP':
      return isTimestamp;
    case 'TIMESTAMP WITH TIME ZONE':
      return isInstant;
    case 'JSON':
      return onText(POINT, isJson);
    case 'UUID':
      return onText(POINT, (text) => UUID.test(text));
    default:
      return null;
  }
}

const isWithin = ([least, most]: readonly [bigint, bigint], value: bigint): boolean => value >= least && value <= most;
