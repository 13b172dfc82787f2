import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import { type Duration, toSeconds } from '@sluice/core/lib/duration';
import { nearest } from '@sluice/core/lib/nearest';
import type { Option } from './define-command.ts';

export const flag = (flags: string, doc: string): Option<boolean> => ({ flags, doc, fallback: false });

/** `--no-…` turns off what is on without it. */
export const noFlag = (flags: `--no-${string}`, doc: string): Option<boolean> => ({ flags, doc, fallback: true });

export const text = (flags: string, doc: string): Option<string | undefined> => ({ flags, doc, fallback: undefined, parse: (value) => value });

/** May be given more than once. */
export const list = (flags: string, doc: string): Option<readonly string[]> => ({
  flags,
  doc,
  fallback: [],
  parse: (value, before = []) => [...before, value],
});

interface Range {
  readonly min: number;
  readonly max?: number;
}

function readWhole(value: string, { min, max = 2_147_483_647 }: Range): number {
  const number = Number(value);
  if (value.trim() !== '' && Number.isInteger(number) && number >= min && number <= max) return number;
  throw new TypeError(`Write a whole number${max < 2_147_483_647 ? ` from ${min} to ${max}` : `, ${min} or more`}.`);
}

export const whole = <T extends number | undefined>(flags: string, doc: string, fallback: T, range: Range = { min: 1 }): Option<number | T> => ({
  flags,
  doc: fallback === undefined ? doc : `${doc} (${fallback} when left out)`,
  fallback,
  parse: (value) => readWhole(value, range),
});

export const share = (flags: string, doc: string): Option<number> => ({
  flags,
  doc,
  fallback: 1,
  parse: (value) => {
    const part = Number(value);
    if (part > 0 && part <= 1) return part;
    throw new TypeError('Write a number above 0, and 1 or less.');
  },
});

export const decimal = (flags: string, doc: string): Option<number | undefined> => ({
  flags,
  doc,
  fallback: undefined,
  parse: (value) => {
    const number = Number(value);
    if (value.trim() !== '' && Number.isFinite(number) && number >= 0) return number;
    throw new TypeError('Write a number, 0 or more.');
  },
});

function readChoice<const C extends string>(value: string, choices: readonly C[]): C {
  const found = choices.find((choice) => choice.toLowerCase() === value.toLowerCase());
  if (found !== undefined) return found;
  const [near] = nearest(value, choices);
  throw new TypeError(`${near ? `Did you mean ${near}? ` : ''}It is one of ${choices.join(', ')}.`);
}

export const choice = <const C extends string>(flags: string, doc: string, choices: readonly C[]): Option<C | undefined> => ({
  flags,
  doc: `${doc}: ${choices.join(', ')}`,
  fallback: undefined,
  parse: (value) => readChoice(value, choices),
});

const DATE_TIME = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/i;

/** A moment as it is typed: a date-time, in UTC unless it says otherwise, or how long ago. */
export const moment = (flags: string, doc: string): Option<string | undefined> => ({
  flags,
  doc,
  fallback: undefined,
  parse: (value) => {
    if (DATE_TIME.test(value)) return value;
    try {
      return new Date(Date.now() - toSeconds(value as Duration) * 1000).toISOString();
    } catch {
      throw new TypeError('Write how long ago, such as 30m, 2h or 7d, or a date-time such as 2026-11-24T10:00:00Z.');
    }
  },
});

/** A moment to come: a date-time, in UTC unless it says otherwise. */
export const instantOption = (flags: string, doc: string): Option<string | undefined> => ({
  flags,
  doc,
  fallback: undefined,
  parse: (value) => {
    if (DATE_TIME.test(value)) return value;
    throw new TypeError('Write a date-time such as 2027-01-31T17:30:00Z.');
  },
});

/** A choice that can be given more than once. */
export const choices = <const C extends string>(flags: string, doc: string, all: readonly C[]): Option<readonly C[]> => ({
  flags,
  doc: `${doc}: ${all.join(', ')}`,
  fallback: [],
  parse: (value, before = []) => [...before, readChoice(value, all)],
});

const FORMATS = ['table', 'json', 'jsonl'] as const;
export type Format = (typeof FORMATS)[number];

/** A file of this machine: what looks like a URL would become a folder of that name. */
export const file = (flags: string, doc: string): Option<string | undefined> => ({
  flags,
  doc,
  fallback: undefined,
  parse: (value) => {
    if (value.trim() !== '' && !/^[a-z][a-z\d+.-]*:\/\//i.test(value)) return value;
    throw new TypeError('Write the path of a file on this machine.');
  },
});

/** How records are printed; left out, a table on a terminal and tab-separated lines elsewhere. */
export const output = choice('-o, --output <format>', 'Format of the output', FORMATS);

/** The same for an argument, which commander does not read. */
export function expectWhole(name: string, value: string, range: Range): number {
  try {
    return readWhole(value, range);
  } catch (cause) {
    throw new SluiceError('USAGE', `"${value}" is not a valid ${name}.`, { hint: messageOf(cause), cause });
  }
}

export function expectChoice<const C extends string>(name: string, value: string, all: readonly C[]): C {
  try {
    return readChoice(value, all);
  } catch (cause) {
    throw new SluiceError('USAGE', `"${value}" is not a valid ${name}.`, { hint: messageOf(cause), cause });
  }
}
