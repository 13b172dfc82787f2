import type { StateType } from '@sluice/core/model/state-type';
import { ago } from './ago.ts';
import { type Paint, paint } from './paint.ts';
import { STATE_PAINT } from './state-paint.ts';

type Value = string | number | boolean | null | undefined;

/** One column of a list, or one line of a record. `value` is printed as it is where no person looks; `show` is for a terminal. */
export interface Column<T> {
  readonly header: string;
  value(record: T): Value;
  show?(record: T, nowMs: number): string;
}

export const column = <T>(header: string, value: (record: T) => Value): Column<T> => ({ header, value });

/** An instant: exact for programs, relative on a terminal. */
export const instantColumn = <T>(header: string, value: (record: T) => string | null | undefined): Column<T> => ({
  header,
  value,
  show: (record, nowMs) => {
    const instant = value(record);
    return instant ? ago(instant, nowMs) : '';
  },
});

export const painted = <T>(header: string, value: (record: T) => Value, how: (record: T) => Paint): Column<T> => ({
  header,
  value,
  show: (record) => paint(how(record), toText(value(record))),
});

interface HasState {
  readonly state_type: StateType | null;
  readonly state_name: string | null;
}

export const stateColumn = <T extends HasState>(header = 'State'): Column<T> =>
  painted(
    header,
    ({ state_name }) => state_name,
    ({ state_type }) => (state_type ? STATE_PAINT[state_type] : 'reset'),
  );

/** Names and messages come from anywhere: a control character must not move a terminal's cursor, nor a tab make a column. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]+/g;

export const toText = (value: Value): string => (value === null || value === undefined ? '' : String(value).replace(CONTROL, ' '));
