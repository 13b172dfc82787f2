import type { Buffer } from 'node:buffer';
import { isNumberLike } from './number-text.ts';
import { emptyTime, isDate, scanTime } from './time-text.ts';

/** What a value looks like, whatever else its column holds. */
type Look = 'number' | 'time' | 'boolean' | 'text' | 'empty';

const time = emptyTime();
const BOOLEAN = /^(?:true|false)$/i;
/** Words for a value that is not there: they tell nothing. */
const NOTHING = /^(?:n\/?a|null|none|nil|nan|missing|\\n|-+|\?|\.)$/i;

function lookOf(bytes: Buffer): Look {
  if (bytes.length === 0) return 'empty';
  const text = bytes.toString('latin1');
  if (NOTHING.test(text)) return 'empty';
  if (isNumberLike(bytes, 0, bytes.length)) return 'number';
  if (isDate(bytes, 0, bytes.length) || scanTime(bytes, 0, bytes.length, time)) return 'time';
  return BOOLEAN.test(text) ? 'boolean' : 'text';
}

/** Values that may look otherwise in a column of one look. */
const ODD = 0.1;

function lookOfColumn(values: readonly Buffer[]): Look {
  const looks = values.map(lookOf).filter((look) => look !== 'empty');
  const most = (['number', 'time', 'boolean'] as const).find((look) => looks.filter((each) => each === look).length >= looks.length * (1 - ODD));
  return looks.length === 0 ? 'empty' : (most ?? 'text');
}

/** How it is known that a record is names: by the values below it, by numbers in it that are labels, or by nothing but its looks. */
export type Header = 'values' | 'labels' | 'looks';

/** Whether the first of some records is the names of the columns, and how that is known; null when it is a row. */
export function headerOf(first: readonly Buffer[], rows: readonly (readonly Buffer[])[]): Header | null {
  const looks = first.map(lookOf);
  const columns = first.map((_, index) => lookOfColumn(rows.flatMap((row) => row[index] ?? [])));
  const isTyped = (index: number) => columns[index] !== 'text' && columns[index] !== 'empty';
  const different = looks.filter((look, index) => look !== 'empty' && isTyped(index) && look !== columns[index]).length;
  const alike = looks.flatMap((look, index) => (isTyped(index) && look === columns[index] ? [index] : []));
  if (alike.length > 0 && areLabels(alike, first, rows)) return 'labels';
  if (different > 0 && different >= alike.length) return 'values';
  if (alike.length > 0 || different > 0) return null;
  return looksLikeNames(first, looks, rows) ? 'looks' : null;
}

const numberOf = (bytes: Buffer | undefined): number => Number(bytes?.toString('latin1') ?? Number.NaN);
const isYear = (number: number): boolean => Number.isInteger(number) && number >= 1700 && number <= 2200;

/** Numbers that name columns: different years over what is none, or a row of numbers in even steps over one that is none. */
function areLabels(indexes: readonly number[], first: readonly Buffer[], rows: readonly (readonly Buffer[])[]): boolean {
  const numbersOf = (row: readonly Buffer[]) => indexes.map((index) => numberOf(row[index]));
  const labels = numbersOf(first);
  if (new Set(labels).size < labels.length) return false;
  const rare = (test: (numbers: number[]) => boolean) => rows.filter((row) => test(numbersOf(row))).length <= rows.length / 2;
  if (labels.every(isYear)) return rare((numbers) => numbers.every(isYear));
  return labels.length >= 3 && areSteps(labels) && rare(areSteps);
}

function areSteps(numbers: readonly number[]): boolean {
  const step = (numbers[1] ?? 0) - (numbers[0] ?? 0);
  return step !== 0 && numbers.every((number, index) => index === 0 || number - (numbers[index - 1] ?? 0) === step);
}

/** Different texts, of which none is a value of its column, unless the whole line comes again. */
function looksLikeNames(first: readonly Buffer[], looks: readonly Look[], rows: readonly (readonly Buffer[])[]): boolean {
  const names = first.map((bytes) => bytes.toString('latin1'));
  if (new Set(names).size < names.length || looks.some((look) => look !== 'text' && look !== 'empty')) return false;
  if (names.filter((name) => name === '').length >= Math.min(2, names.length)) return false;
  return !rows.some((row) => {
    const again = names.filter((name, index) => name !== '' && row[index]?.toString('latin1') === name).length;
    return again > 0 && again < names.filter((name) => name !== '').length;
  });
}
