import { ERRORS, type ErrorCode, type ErrorKind } from './catalog.ts';

const BRAND = Symbol.for('sluice.error');

interface Options {
  /** What to do next, in a sentence. Undefined only where an answer of another server has none. */
  readonly hint: string | undefined;
  readonly details?: unknown;
  readonly cause?: unknown;
  /** For a code that has both: a source that cannot be reached now, and one whose password is wrong. */
  readonly lasting?: boolean | undefined;
}

/** An error that says what happened, in one sentence, and what to do next. `details` go into the answer, for machines. */
export class SluiceError extends Error {
  override readonly name = 'SluiceError';
  readonly [BRAND] = true;
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: unknown;
  readonly #lasting: boolean | undefined;

  constructor(code: ErrorCode, message: string, options: Options) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.details = options.details;
    this.#lasting = options.lasting;
  }

  get kind(): ErrorKind {
    const known = ERRORS[this.code];
    return this.#lasting === undefined ? known : { ...known, lasting: this.#lasting };
  }
}

/** By a symbol, not by class: the SDK may be loaded twice in one process. */
export const isSluiceError = (error: unknown): error is SluiceError => typeof error === 'object' && error !== null && BRAND in error;

/** Whatever was thrown, as the text that a person reads. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && !error.message) return messageOf(error.errors[0]);
  try {
    return String(error instanceof Error ? error.message || error.name : error);
  } catch {
    return 'Something was thrown that has no text.';
  }
}
