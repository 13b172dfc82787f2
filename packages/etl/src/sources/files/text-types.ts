import type { JsonObject } from '@sluice/core/lib/json';
import { BooleanForms, isBoolean } from './boolean-forms.ts';
import type { Check, Forms } from './forms.ts';
import { givenCheck } from './given-types.ts';
import { isDecimal, isDouble, NumberForms } from './number-forms.ts';
import { isBigint, POINT } from './number-text.ts';
import { isTime, TimeForms } from './time-forms.ts';
import { isDate } from './time-text.ts';

/** A type that text of a file may have: a name of DuckDB, and which values it keeps. */
export interface TextType {
  readonly name: string;
  /** Null: all. */
  readonly keeps: Check | null;
  /** Whether it was guessed: a value that does not fit it is a reason to guess again, and no bad row. */
  readonly guessed: boolean;
}

/** What the values of a column are called in the file: all is text in CSV, JSON has kinds. */
export type ValueKind = 'text' | 'string' | 'number' | 'boolean' | 'json';

/** The families of types that the values of a kind may belong to. */
export function formsOf(kind: ValueKind, point: number): Forms[] {
  switch (kind) {
    case 'text':
      return [new NumberForms(point), new TimeForms(), new BooleanForms()];
    case 'string':
      return [new TimeForms()];
    case 'number':
      return [new NumberForms()];
    case 'boolean':
      return [new BooleanForms()];
    default:
      return [];
  }
}

/** Arguments of a type that a person has given, in the plan of its column. */
export const GIVEN: JsonObject = { given: true };

/** The type of a planned column. `point`: the byte that stands before decimals. */
export function textType({ type, type_args }: { readonly type: string; readonly type_args: JsonObject }, point = POINT): TextType {
  const guessed = type_args['given'] !== true;
  return { name: type, keeps: guessed ? guessedCheck(type, type_args, point) : givenCheck(type, point), guessed };
}

function guessedCheck(type: string, args: JsonObject, point: number): Check | null {
  const [, width, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(type) ?? [];
  if (width !== undefined) return isDecimal(Number(width), Number(scale), point);
  switch (type) {
    case 'BIGINT':
      return isBigint;
    case 'DOUBLE':
      return isDouble(args['written'] === 'pointed' ? 'pointed' : 'shortest', point);
    case 'BOOLEAN':
      return isBoolean(String(args['written']));
    case 'DATE':
      return isDate;
    case 'TIMESTAMP':
    case 'TIMESTAMP WITH TIME ZONE':
      return isTime(args);
    default:
      return null;
  }
}
