import { describe, expect, test } from 'vitest';
import { ERRORS, EXIT } from './catalog.ts';
import { isSluiceError, messageOf, SluiceError } from './sluice-error.ts';

test('no code says both that it passes and that it stays', () => {
  for (const [code, { retryable, lasting }] of Object.entries(ERRORS)) expect(retryable && lasting, code).toBe(false);
});

test('every code has a status, and an exit code that is documented', () => {
  const exits: readonly number[] = Object.values(EXIT);
  for (const [code, { status, exit }] of Object.entries(ERRORS)) {
    expect(code).toMatch(/^[A-Z_]+$/);
    expect(status, code).toBeGreaterThanOrEqual(400);
    expect(status, code).toBeLessThan(600);
    expect(exits, code).toContain(exit);
    expect(exit, `${code}: an error is not a success`).not.toBe(EXIT.ok);
  }
  expect(new Set(exits).size).toBe(exits.length);
});

describe('a SluiceError', () => {
  test('has a code, a sentence, the next step and its cause', () => {
    const cause = new Error('socket hang up');
    const error = new SluiceError('API_UNREACHABLE', 'The server does not answer.', { hint: 'Start one.', details: { a: 1 }, cause });
    expect(error).toMatchObject({ name: 'SluiceError', code: 'API_UNREACHABLE', message: 'The server does not answer.', hint: 'Start one.', cause });
    expect(error.kind).toEqual({ status: 503, exit: EXIT.unreachable, retryable: true, lasting: false });
  });

  test('stays until somebody changes something, or may pass: by its code, unless it says so itself', () => {
    expect(new SluiceError('CONFLICT', 'no', { hint: 'Choose another.' }).kind.lasting).toBe(true);
    expect(new SluiceError('SOURCE_UNREACHABLE', 'no', { hint: 'Choose another.' }).kind.lasting).toBe(false);
    expect(new SluiceError('SOURCE_UNREACHABLE', 'no', { lasting: true, hint: 'Choose another.' }).kind.lasting).toBe(true);
  });

  test('is known by a mark, since a second copy of the class may have made it', () => {
    expect(isSluiceError(new SluiceError('USAGE', 'no', { hint: 'Choose another.' }))).toBe(true);
    expect(isSluiceError({ [Symbol.for('sluice.error')]: true })).toBe(true);
    expect([new Error('no'), null, undefined, 'USAGE', {}].some(isSluiceError)).toBe(false);
  });
});

test.each([
  [new Error('one'), 'one'],
  [new TypeError(''), 'TypeError'],
  [new AggregateError([new Error('first'), new Error('second')]), 'first'],
  [new AggregateError([], 'of its own'), 'of its own'],
  ['text', 'text'],
  [undefined, 'undefined'],
  [Object.create(null), 'Something was thrown that has no text.'],
  [Object.assign(new Error('x'), { message: { a: 1 } }), '[object Object]'],
])('%o is told as "%s"', (error, message) => {
  expect(messageOf(error)).toBe(message);
});
