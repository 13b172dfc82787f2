import { isNativeError } from 'node:util/types';
import { isSluiceError, type SluiceError } from '@sluice/core/errors/sluice-error';
import { safeText } from '@sluice/core/text/safe-text';
import { asText, isA, show, tryTo } from './show.ts';

/** How much of an error's text a state holds: lists of states are read often, and the log has more. */
export const MESSAGE_BYTES = 32 * 1024;
const STACK_BYTES = 16 * 1024;
const WORD_BYTES = 1000;
/** Causes of causes, and errors inside one, that are told. */
const DEPTH = 5;
const INNER = 10;

const isError = (value: unknown): value is Error => isA(value, Error) || isNativeError(value);
const read = (value: unknown, key: string): unknown => tryTo(() => Reflect.get(value as object, key), undefined);

/** An error of ours, whose message says all. */
export const isForeseen = (error: unknown): error is SluiceError => tryTo(() => isSluiceError(error) && error.kind !== undefined, false);

/** Whatever was thrown, in words: its message, the errors inside it, and its causes. */
export const messageOfThrown = (error: unknown): string => safeText(describe(error, DEPTH), MESSAGE_BYTES);

function describe(error: unknown, depth: number): string {
  if (!isError(error)) return asText(error) || show(error);
  const given = read(error, 'message');
  const message = given === undefined || given === '' ? '' : asText(given, MESSAGE_BYTES);
  if (depth === 0 || isForeseen(error)) return message || nameOf(error);
  const errors = errorsIn(error);
  const inner = Array.isArray(errors) ? errors.slice(0, INNER).map((each) => `- ${describe(each, depth - 1)}`) : [];
  const more = Array.isArray(errors) && errors.length > INNER ? [`- and ${errors.length - INNER} more`] : [];
  const cause = read(error, 'cause');
  const causes = cause === undefined || cause === null ? [] : [`Caused by: ${describe(cause, depth - 1)}`];
  return [message || nameOf(error), ...inner, ...more, ...causes].join('\n');
}

/** Several that came together; or what was thrown first, and then again when what `using` holds was given back. */
function errorsIn(error: Error): unknown {
  const errors = read(error, 'errors');
  return errors === undefined && isA(error, SuppressedError) ? [read(error, 'suppressed'), read(error, 'error')] : errors;
}

/** What was thrown first, where giving back what `using` holds has failed too. */
export function firstThrown(thrown: unknown): unknown {
  let first = thrown;
  for (let depth = 0; depth < DEPTH && isA(first, SuppressedError); depth++) first = read(first, 'suppressed');
  return first;
}

const nameOf = (error: unknown): string => safeText(asText(read(error, 'name') ?? 'Error', WORD_BYTES) || 'Error', WORD_BYTES);

/** For the log. A fault that somebody has foreseen says what to do; of all others the stack says where, with causes and inner errors. */
export function logOfThrown(error: unknown): string {
  if (isForeseen(error)) return [error.message, ...(error.hint ? [error.hint] : [])].map((part) => asText(part)).join('\n');
  // Node writes a message that is not text as [object Object].
  const hasText = !isError(error) || typeof read(error, 'message') === 'string';
  return hasText ? show(error, MESSAGE_BYTES) : messageOfThrown(error);
}

/** What is stored of an error with a FAILED state. */
export interface SerializedError {
  readonly type: 'sluice/error';
  readonly name: string;
  readonly message: string;
  /** Of the error, or of its cause: a word that programs go by. */
  readonly code: string | null;
  /** What to do next, where the error says so. */
  readonly hint: string | null;
  readonly stack: string | null;
}

export function serializeError(error: unknown): SerializedError {
  const stack = isError(error) ? read(error, 'stack') : undefined;
  return {
    type: 'sluice/error',
    name: isError(error) ? nameOf(error) : 'Error',
    message: messageOfThrown(error),
    code: wordOf(error, 'code', DEPTH),
    hint: wordOf(error, 'hint', DEPTH),
    stack: typeof stack === 'string' ? safeText(stack, STACK_BYTES) : null,
  };
}

/** A text that the error carries, or its cause. */
function wordOf(error: unknown, name: string, depth: number): string | null {
  if (depth === 0 || !isError(error)) return null;
  const word = read(error, name);
  return typeof word === 'string' ? safeText(word, MESSAGE_BYTES) : wordOf(read(error, 'cause'), name, depth - 1);
}
