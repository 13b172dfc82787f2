import type { Client } from '@sluice/client';

import { isObject, type Json } from '@sluice/core/lib/json';
import type { State } from '@sluice/core/model/state';

/** Larger values belong into a file or a table; what travels is where they are. */
const MAX_RESULT_BYTES = 512 * 1024;

/** A return value as the data of a COMPLETED state. `undefined` is stored as a result without a value. */
export function toResultData(value: unknown, what: string): Json {
  if (value === undefined) return { type: 'sluice/v1' };
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new TypeError(`The result of ${what} cannot be stored as JSON: ${(cause as Error).message}`, { cause });
  }
  if (text === undefined) throw new TypeError(`The result of ${what} cannot be stored as JSON: it is a ${typeof value}.`);
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_RESULT_BYTES) {
    throw new TypeError(`The result of ${what} has ${bytes} bytes; at most ${MAX_RESULT_BYTES} are stored. Return where the data is, not the data.`);
  }
  return { type: 'sluice/v1', value: JSON.parse(text) as Json };
}

/** The value that a COMPLETED state stands for: in the state itself, or behind its reference. */
export async function readResult(client: Client, state: State): Promise<unknown> {
  const { data } = state;
  if (!isObject(data) || data['type'] !== 'sluice/v1') return undefined;
  if (typeof data['result'] === 'string') return client.request('GET /results/{id}', { params: { id: data['result'] } });
  return data['value'];
}

/** Whether a COMPLETED state was written by this SDK, so that its value can be taken instead of running again. */
export const isCheckpoint = (state: State | null): state is State =>
  state?.type === 'COMPLETED' && isObject(state.data) && state.data['type'] === 'sluice/v1';
