import type { ErrorCode } from '@sluice/core/errors/catalog';
import { isSluiceError, messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import type { z } from 'zod';
import { isConflict, isDataError, isDiskFull, isForeignKeyError, isTimeout, isUnavailable, isUniqueError } from '../db/failure.ts';

export interface Problem {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: { readonly [key: string]: unknown };
}

/** Prefect's words, by which its clients know it. */
const UNFIT = 'Invalid request received.';
const MAX_ECHO = 4000;
const MAX_FAULTS = 50;
/** It may repeat what was sent. */
const MAX_MESSAGE = 500;
const LISTED: readonly ErrorCode[] = ['PARAMETERS_INVALID', 'UNAUTHORIZED'];

/** Turns whatever was thrown into an error of the catalogue. What is not known is INTERNAL, and shows nothing of the inside. */
export function toSluiceError(error: unknown): SluiceError {
  if (isSluiceError(error)) return error;
  if (isUnavailable(error))
    return new SluiceError('DATABASE_UNAVAILABLE', 'The database does not answer.', { cause: error, hint: 'Try again in a moment.' });
  if (isDiskFull(error))
    return new SluiceError('DISK_FULL', "The disk of the server's database is full.", {
      cause: error,
      hint: 'Free some space; what was stored is safe.',
    });
  if (isUniqueError(error))
    return new SluiceError('CONFLICT', 'Such a record exists already.', { cause: error, hint: 'Use another name, or the record that is there.' });
  if (isConflict(error) || isTimeout(error))
    return new SluiceError('DATABASE_UNAVAILABLE', 'The database was too busy with this.', { cause: error, hint: 'Try again in a moment.' });
  if (isForeignKeyError(error))
    return new SluiceError('NOT_FOUND', 'A record that this one refers to was not found', { cause: error, hint: 'Create that one first.' });
  if (isDataError(error))
    return new SluiceError('INVALID_TEXT', `The database cannot store this: ${messageOf(error)}.`, { cause: error, hint: 'Send another value.' });
  return new SluiceError('INTERNAL', 'The server failed at this request.', { cause: error, hint: "Its log says more: look for the request's id." });
}

/** An error in Prefect's shape, with our code and the next step beside it. */
export function toProblem(error: SluiceError, request: { id: string; body?: unknown }): Problem {
  const { code, message, hint, details, kind } = error;
  const ours = { code, ...(hint && { hint }), request_id: request.id };
  const retryAfter = (details as { retry_after?: number } | undefined)?.retry_after;
  const headers = retryAfter ? { 'retry-after': String(retryAfter) } : kind.retryable ? { 'retry-after': '1' } : {};
  if (code === 'INVALID_REQUEST') {
    const faults = Array.isArray(details) ? { exception_detail: details } : { exception_detail: faultOfBody(message), detail: message };
    return { status: kind.status, headers, body: { exception_message: UNFIT, ...faults, request_body: echoed(request.body), ...ours } };
  }
  // What a form goes by: faults of the parameters, each at its field; what the server asks for.
  const listed = LISTED.includes(code) && Array.isArray(details) ? { exception_detail: details } : {};
  // Prefect's word, by which its clients know a wrong key; what the server asks for stands beside it.
  if (code === 'UNAUTHORIZED') {
    return { status: kind.status, headers, body: { exception_message: 'Unauthorized', detail: message, ...listed, ...ours } };
  }
  if (code === 'TOO_MANY_REQUESTS' || code === 'DATABASE_UNAVAILABLE' || code === 'INTERNAL') {
    return { status: kind.status, headers, body: { exception_message: message, detail: message, ...listed, ...ours } };
  }
  return { status: kind.status, headers, body: { detail: message, ...listed, ...ours } };
}

/** What no schema can see, such as a schedule that has no times, is told in the shape of what one does. */
const faultOfBody = (msg: string) => [{ loc: ['body'], msg, type: 'value_error' }];

/** Prefect's answer shows the body again, as the JSON that it is; one of megabytes helps nobody. */
function echoed(body: unknown): unknown {
  if (body instanceof Uint8Array) return null;
  if (typeof body !== 'string') return body ?? null;
  if (body.length > MAX_ECHO) return `${body.slice(0, MAX_ECHO)}…`;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

type Issue = z.core.$ZodIssue;

/** What keeps a value from being one of several kinds: its kind is told by a word of its own, or else it is the one with the fewest faults. */
const strangeness = (faults: readonly Issue[]) =>
  faults.reduce((sum, { code, path }) => sum + (code === 'invalid_value' && path.at(-1) === 'type' ? 1000 : path.length === 0 ? 100 : 1), 0);

/** The faults of the kind that was meant, where a field takes several. */
function meant(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const nearest = issue.errors.map((faults) => faults.flatMap(meant)).sort((a, b) => strangeness(a) - strangeness(b))[0] ?? [];
  return nearest.length === 0 ? [issue] : nearest.map((fault) => ({ ...fault, path: [...issue.path, ...fault.path] }));
}

/** A schema's faults as FastAPI lists them: where, what, which kind. */
export function invalidRequest(place: 'body' | 'query' | 'path', error: z.ZodError): SluiceError {
  const issues = error.issues.slice(0, MAX_FAULTS).flatMap(meant).slice(0, MAX_FAULTS);
  const details = issues.map((issue) => ({
    loc: [place, ...issue.path],
    msg:
      issue.code === 'unrecognized_keys'
        ? `Extra inputs are not permitted: ${issue.keys.slice(0, MAX_FAULTS).join(', ').slice(0, 1000)}`
        : issue.message.slice(0, MAX_MESSAGE),
    type: issue.code,
  }));
  return new SluiceError('INVALID_REQUEST', UNFIT, {
    details,
    hint: details.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`.slice(0, 500)).join('; '),
  });
}
