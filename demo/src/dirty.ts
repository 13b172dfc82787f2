import { Buffer } from 'node:buffer';

/** Bad lines of the kinds that files have in life, for `zipcodes.csv`. Each is one row that cannot be kept. */
const BAD_ZIPCODES: readonly ((id: string) => Buffer)[] = [
  (id) => Buffer.from(`${id},north,-72.6,Bad number,NY,Suffolk`),
  (id) => Buffer.from(`${id},40.9,-1.0e400,Overflow,NY,Suffolk`),
  (id) => Buffer.from(`${id},40.9,-72.6,Too few values`),
  (id) => Buffer.from(`${id},40.9,-72.6,Too many values,NY,Suffolk,USA`),
  (id) => Buffer.from(`${id},40.9,-72.6,"Never closed,NY,Suffolk`),
  (id) => Buffer.from(`${id},40.9,-72.6,NUL\0 byte,NY,Suffolk`),
  (id) => Buffer.from(`${id},40.9,-72.6,Caf\xe9 in Latin-1,NY,Suffolk`, 'latin1'),
];

const TIMES = 5;

const BAD_EMOJI = '{"label":"torn","hexcode":"1F4A9","ta';

/** Bad rows in the files of the demo when they are dirty: less than 0.1 % of each table, which so can still be verified. */
export const DIRTY_ROWS = { zipcodes: BAD_ZIPCODES.length * TIMES, emoji: 1 } as const;

/** The lines with bad ones between them, spread evenly. */
export function* dirtyZipcodes(lines: readonly string[]): Generator<Buffer> {
  const every = Math.floor(lines.length / (DIRTY_ROWS.zipcodes + 1));
  for (const [index, line] of lines.entries()) {
    yield Buffer.from(line);
    const number = index / every;
    const bad = BAD_ZIPCODES[(number - 1) % BAD_ZIPCODES.length];
    if (Number.isInteger(number) && number >= 1 && number <= DIRTY_ROWS.zipcodes && bad) yield bad(`99${String(number).padStart(3, '0')}`);
  }
}

export function* dirtyEmoji(lines: readonly string[]): Generator<string> {
  const middle = Math.floor(lines.length / 2);
  for (const [index, line] of lines.entries()) {
    yield line;
    if (index === middle) yield BAD_EMOJI;
  }
}
