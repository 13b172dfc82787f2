import type { Client } from '@sluice/client';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Json } from '@sluice/core/lib/json';
import { isResultData, RESULT_TYPE } from '@sluice/core/model/result';
import type { State } from '@sluice/core/model/state';
import { decode, type Encoded, encode, Inexact } from '../values/codec.ts';

/** Larger values belong into a file or a table; what travels is where they are. */
const MAX_RESULT_BYTES = 512 * 1024;

/** A return value as the data of a COMPLETED state, and as it is read back from there: that one is handed on, now and in every later try. */
export interface Kept {
  readonly data: Json;
  readonly value: unknown;
}

/** JSON is stored as it is, other values as a text. `undefined` is a result without a value. */
export function keepResult(value: unknown, what: string): Kept {
  if (value === undefined) return { data: { type: RESULT_TYPE }, value };
  const encoded = encodeResult(value, what);
  const bytes = Buffer.byteLength(encoded.text);
  if (bytes > MAX_RESULT_BYTES) {
    throw refused(`The result of ${what} has ${bytes} bytes; at most ${MAX_RESULT_BYTES} are stored. Return where the data is, not the data.`);
  }
  const kept = decode(encoded);
  const data = encoded.codec === 'json' ? { value: kept as Json } : { codec: encoded.codec, value: encoded.text };
  return { data: { type: RESULT_TYPE, ...data }, value: kept };
}

function encodeResult(value: unknown, what: string): Encoded {
  try {
    return encode(value);
  } catch (error) {
    if (!(error instanceof Inexact)) throw error;
    throw refused(`The result of ${what} cannot be stored: ${error.message}.`);
  }
}

const refused = (message: string) =>
  new SluiceError('RESULT_REFUSED', message, {
    hint: 'Return plain data, or what docs/guide.md lists under Results; a task with checkpoint: false can return anything, and runs again in a later try.',
  });

/** The value that a COMPLETED state stands for: in the state itself, or behind its reference. */
export async function readResult(client: Client, state: State): Promise<unknown> {
  const { data } = state;
  if (!isResultData(data)) return undefined;
  const stored = data.result === undefined ? data.value : await client.request('GET /results/{id}', { params: { id: data.result } });
  return data.codec === 'devalue' ? decode({ codec: 'devalue', text: String(stored) }) : stored;
}

/** Whether a COMPLETED state was written by this SDK, so that its value can be taken instead of running again. */
export const isCheckpoint = (state: State | null): state is State => state?.type === 'COMPLETED' && isResultData(state.data);
