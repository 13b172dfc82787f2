import { createHash } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import { Inexact, identityText } from '../values/codec.ts';

const hashOfText = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** Equal inputs give equal hashes, and others give others; an Inexact for an input that no text tells apart from others. */
export const hashOf = (value: unknown): string => hashOfText(identityText(value));

/** The key of a call. */
export interface CallKey {
  readonly key: string;
  /** Why no later try can know this call again: what in its input has no identity. */
  readonly opaque: string | null;
}

/**
 * Gives each call in a flow run, or in a try of a task, a key that it gets again when that is done again: what was called, the
 * hash of its input, and which of the calls with that input it is. Another input is another task run. A call with an input that
 * cannot be told from others gets a key that no other call ever has.
 */
export class CallKeys {
  readonly #counts = new Map<string, number>();
  readonly #inside: string;

  /** `inside` names the task that makes the calls. */
  constructor(inside = '') {
    this.#inside = inside;
  }

  next(taskKey: string, input: unknown): CallKey {
    let hash: string;
    try {
      const text = identityText(input);
      hash = hashOfText(this.#inside === '' ? text : `${JSON.stringify(this.#inside)} ${text}`);
    } catch (error) {
      if (!(error instanceof Inexact)) throw error;
      return { key: `once-${uuidv7()}`, opaque: error.message };
    }
    const key = `${taskKey} ${hash}`;
    const count = this.#counts.get(key) ?? 0;
    this.#counts.set(key, count + 1);
    return { key: `${hash}-${count}`, opaque: null };
  }
}
