import { isObject } from '../lib/json.ts';

/** What marks the data of a COMPLETED state as a result of ours. */
export const RESULT_TYPE = 'sluice/v1';

/** The data of a state that stands for a result of ours: its value, or a reference to it (`result`), and how it is written (`codec`). */
export interface ResultData {
  readonly type: typeof RESULT_TYPE;
  readonly value?: unknown;
  /** Id of the record that has the value. */
  readonly result?: string;
  readonly codec?: string;
}

export const isResultData = (data: unknown): data is ResultData => isObject(data) && data['type'] === RESULT_TYPE;
