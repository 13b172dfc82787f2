import { ERRORS, type ErrorCode, type ErrorKind } from './catalog.ts';

const BRAND = Symbol.for('sluice.error');

/** An error that says what happened, in one sentence, and what to do next. `details` go into the answer, for machines. */
export class SluiceError extends Error {
  override readonly name = 'SluiceError';
  readonly [BRAND] = true;
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: unknown;

  constructor(code: ErrorCode, message: string, options: { hint?: string | undefined; details?: unknown; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.details = options.details;
  }

  get kind(): ErrorKind {
    return ERRORS[this.code];
  }
}

/** By a symbol, not by class: the SDK may be loaded twice in one process. */
export const isSluiceError = (error: unknown): error is SluiceError => typeof error === 'object' && error !== null && BRAND in error;

/** Whatever was thrown, as the text that a person reads. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && !error.message) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message || error.name : String(error);
}
