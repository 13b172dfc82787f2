import { SluiceError } from '@sluice/core/errors/sluice-error';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { invalidRequest, toProblem, toSluiceError } from './problem.ts';

const problemOf = (error: unknown) => toProblem(toSluiceError(error), { id: 'req-1', body: { a: 1 } });
const withCode = (code: string) => Object.assign(new Error('select secret from inside'), { code });

describe('what a database says is told in our words', () => {
  test.each([
    ['57P01', 503, 'DATABASE_UNAVAILABLE'],
    ['08006', 503, 'DATABASE_UNAVAILABLE'],
    ['53300', 503, 'DATABASE_UNAVAILABLE'],
    ['ECONNREFUSED', 503, 'DATABASE_UNAVAILABLE'],
    ['CONNECTION_CLOSED', 503, 'DATABASE_UNAVAILABLE'],
    ['CONNECT_TIMEOUT', 503, 'DATABASE_UNAVAILABLE'],
    ['40P01', 503, 'DATABASE_UNAVAILABLE'],
    ['40001', 503, 'DATABASE_UNAVAILABLE'],
    ['57014', 503, 'DATABASE_UNAVAILABLE'],
    ['53100', 507, 'DISK_FULL'],
    ['ENOSPC', 507, 'DISK_FULL'],
    ['23505', 409, 'CONFLICT'],
    ['23503', 404, 'NOT_FOUND'],
    ['22P05', 422, 'INVALID_TEXT'],
    ['42601', 500, 'INTERNAL'],
    ['', 500, 'INTERNAL'],
  ])('%s: %i %s', (code, status, ours) => {
    const problem = problemOf(withCode(code));
    expect(problem).toMatchObject({ status, body: { code: ours, request_id: 'req-1' } });
    if (ours !== 'INVALID_TEXT') expect(JSON.stringify(problem.body)).not.toContain('secret');
    if (status === 503) expect(problem.headers).toEqual({ 'retry-after': '1' });
  });

  test('and whatever else is thrown is INTERNAL', () => {
    for (const error of [undefined, null, 'text', 7, {}]) expect(problemOf(error)).toMatchObject({ status: 500, body: { code: 'INTERNAL' } });
  });
});

test('a request that does not fit is answered as by FastAPI, with our code and a hint beside it', () => {
  const { error } = z.strictObject({ name: z.string() }).safeParse({ name: 7, other: 1 });
  const { status, body } = problemOf(invalidRequest('body', error as z.ZodError));
  expect(status).toBe(422);
  expect(body).toMatchObject({
    exception_message: 'Invalid request received.',
    exception_detail: [
      { loc: ['body', 'name'], type: 'invalid_type' },
      { loc: ['body'], msg: 'Extra inputs are not permitted: other' },
    ],
    request_body: { a: 1 },
    code: 'INVALID_REQUEST',
    hint: expect.stringContaining('body.name: '),
  });
});

test('a fault that no schema sees is told in the same shape, in its own words', () => {
  expect(problemOf(new SluiceError('INVALID_REQUEST', 'No such day.', { hint: 'Take another.' }))).toMatchObject({
    status: 422,
    body: {
      exception_message: 'Invalid request received.',
      exception_detail: [{ loc: ['body'], msg: 'No such day.' }],
      request_body: { a: 1 },
      detail: 'No such day.',
      hint: 'Take another.',
    },
  });
});

test('an error of ours keeps its words, and tells when to come again', () => {
  const error = new SluiceError('LOCKED', 'Full.', { hint: 'Wait.', details: { retry_after: 3 } });
  expect(problemOf(error)).toEqual({
    status: 423,
    headers: { 'retry-after': '3' },
    body: { detail: 'Full.', code: 'LOCKED', hint: 'Wait.', request_id: 'req-1' },
  });
});
