import { type Check, isBigint, isBoolean, isDate, isDouble, isInstant, isNameLike, isTimestamp } from './text-values.ts';

/** A type that text of a file may have: a name of DuckDB, and which values it keeps exactly as they were written. */
export interface TextType {
  readonly name: string;
  readonly keeps: Check;
  /** A value like this in a column rules the type out, however few there are. */
  readonly never?: Check;
}

const everything: Check = () => true;

export const VARCHAR: TextType = { name: 'VARCHAR', keeps: everything };
export const JSON_TEXT: TextType = { name: 'JSON', keeps: everything };

const BOOLEAN: TextType = { name: 'BOOLEAN', keeps: isBoolean };
const BIGINT: TextType = { name: 'BIGINT', keeps: isBigint, never: isNameLike };
const DOUBLE: TextType = { name: 'DOUBLE', keeps: isDouble, never: isNameLike };
const TIMES: readonly TextType[] = [
  { name: 'DATE', keeps: isDate },
  { name: 'TIMESTAMP', keeps: isTimestamp },
  { name: 'TIMESTAMP WITH TIME ZONE', keeps: isInstant },
];

/** Types that a column may turn out to have, the narrowest first, by what its values are called in the file. */
export const CANDIDATES = {
  text: [BOOLEAN, BIGINT, DOUBLE, ...TIMES],
  string: TIMES,
  number: [BIGINT, DOUBLE],
  boolean: [BOOLEAN],
  json: [],
} as const satisfies Record<string, readonly TextType[]>;

/** What the values of a column are called in the file: all is text in CSV, JSON has kinds. */
export type ValueKind = keyof typeof CANDIDATES;

const ALL: ReadonlyMap<string, TextType> = new Map([VARCHAR, JSON_TEXT, BOOLEAN, BIGINT, DOUBLE, ...TIMES].map((type) => [type.name, type]));

/** The type of this name; text for a name that is none of them. */
export const textType = (name: string): TextType => ALL.get(name) ?? VARCHAR;
