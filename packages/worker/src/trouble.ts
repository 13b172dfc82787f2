import { isSluiceError, messageOf } from '@sluice/core/errors/sluice-error';

const FIRST_MS = 500;
const LONGEST_MS = 10_000;

/** What keeps a worker from its runs: it is told once, and the worker asks more and more seldom until it is over. */
export class Trouble {
  readonly #onNote: (message: string) => void;
  #pauseMs = FIRST_MS;
  #told: string | undefined;

  constructor(onNote: (message: string) => void) {
    this.#onNote = onNote;
  }

  /** Milliseconds until it is worth to ask again. */
  meet(error: unknown): number {
    const hint = isSluiceError(error) && error.hint ? ` ${error.hint}` : '';
    const message = `${messageOf(error)}${hint}`;
    if (message !== this.#told) {
      this.#onNote(`takes no runs: ${message}; it asks again, at most ${LONGEST_MS / 1000} s apart`);
      this.#pauseMs = FIRST_MS;
    }
    this.#told = message;
    const ms = this.#pauseMs;
    this.#pauseMs = Math.min(ms * 2, LONGEST_MS);
    return ms;
  }

  over(): void {
    if (this.#told !== undefined) this.#onNote('takes runs again');
    this.#told = undefined;
    this.#pauseMs = FIRST_MS;
  }
}
