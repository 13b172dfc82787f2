import type { ErrorCode } from '@sluice/core/errors/catalog';
import { isSluiceError, messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import type { z } from 'zod';
import { isConflict, isDataError, isDiskFull, isForeignKeyError, isTimeout, isUnavailable, isUniqueError } from '../db/failure.ts';

export interface Problem {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: { readonly [key: string]: unknown };
}

const MAX_ECHO = 4000;
const MAX_FAULTS = 50;
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
  if (code === 'INVALID_REQUEST' && Array.isArray(details)) {
    return {
      status: kind.status,
      headers,
      body: { exception_message: message, exception_detail: details, request_body: echoed(request.body), ...ours },
    };
  }
  // What a form goes by: faults of the parameters, each at its field; what the server asks for.
  const listed = LISTED.includes(code) && Array.isArray(details) ? { exception_detail: details } : {};
  if (code === 'UNAUTHORIZED' || code === 'TOO_MANY_REQUESTS' || code === 'DATABASE_UNAVAILABLE' || code === 'INTERNAL') {
    return { status: kind.status, headers, body: { exception_message: message, detail: message, ...listed, ...ours } };
  }
  return { status: kind.status, headers, body: { detail: message, ...listed, ...ours } };
}

/** Prefect's answer shows the body again; one of megabytes helps nobody. */
const echoed = (body: unknown) => (typeof body === 'string' && body.length > MAX_ECHO ? `${body.slice(0, MAX_ECHO)}…` : (body ?? null));

/** A schema's faults as FastAPI lists them: where, what, which kind. */
export function invalidRequest(place: 'body' | 'query' | 'path', error: z.ZodError): SluiceError {
  const details = error.issues.slice(0, MAX_FAULTS).map((issue) => ({
    loc: [place, ...issue.path],
    msg:
      issue.code === 'unrecognized_keys'
        ? `Extra inputs are not permitted: ${issue.keys.slice(0, MAX_FAULTS).join(', ').slice(0, 1000)}`
        : issue.message,
    type: issue.code,
  }));
  return new SluiceError('INVALID_REQUEST', 'Invalid request received.', {
    details,
    hint: details.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`.slice(0, 500)).join('; '),
  });
}
