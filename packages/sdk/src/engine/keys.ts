import { createHash } from 'node:crypto';
import { canonicalJson } from '@sluice/core/lib/json';

/** Equal inputs give equal hashes; what JSON cannot hold counts by its form in JSON. */
export const hashOf = (value: unknown): string =>
  createHash('sha256')
    .update(canonicalJson(value) ?? 'undefined')
    .digest('hex')
    .slice(0, 16);

/**
 * Gives each call in a flow run, or in a try of a task, a key that it gets again when that is done again: what was called, the
 * hash of its input, and which of the calls with that input it is. Another input is another task run.
 */
export class CallKeys {
  readonly #counts = new Map<string, number>();
  readonly #inside: string | undefined;

  /** `inside` names the task that makes the calls. */
  constructor(inside?: string) {
    this.#inside = inside;
  }

  next(taskKey: string, input: unknown): string {
    const hash = hashOf(this.#inside === undefined ? input : { inside: this.#inside, input });
    const key = `${taskKey} ${hash}`;
    const count = this.#counts.get(key) ?? 0;
    this.#counts.set(key, count + 1);
    return `${hash}-${count}`;
  }
}
