import { SluiceError } from '@sluice/core/errors/sluice-error';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canHelp } from '../src/engine/ends.ts';
import { NonRetryable } from '../src/errors.ts';
import { logOfThrown, messageOfThrown, serializeError } from '../src/text/thrown.ts';

const refuses = (): never => {
  throw new Error('a trap');
};
const trap = () => new Proxy({}, { get: refuses, ownKeys: refuses, getPrototypeOf: refuses, has: refuses });
const withMessage = (message: unknown) => Object.assign(new Error('x'), { message });
const round = new Error('round');
round.cause = round;

test.each([
  ['an error', new Error('it broke'), 'it broke'],
  ['one without words', new TypeError(''), 'TypeError'],
  ['a text', 'no more', 'no more'],
  ['an empty text', '', "''"],
  ['nothing', undefined, 'undefined'],
  ['null', null, 'null'],
  ['an object', { code: 1 }, '{ code: 1 }'],
  ['one without a prototype', Object.assign(Object.create(null), { code: 1 }), '[Object: null prototype] { code: 1 }'],
  ['a symbol', Symbol('s'), 'Symbol(s)'],
  ['a function', refuses, '[Function: refuses]'],
  ['a message that is an object', withMessage({ a: 1 }), '{ a: 1 }'],
  ['a message that is a symbol', withMessage(Symbol('m')), 'Symbol(m)'],
  ['a NUL and half a pair', new Error('a\0b\ud800'), 'a␀b\ufffd'],
  ['a cause', new Error('outer', { cause: new Error('inner') }), 'outer\nCaused by: inner'],
  ['a cause that is no error', new Error('outer', { cause: { code: 7 } }), 'outer\nCaused by: { code: 7 }'],
  ['errors in one', new AggregateError([new Error('first'), 'second']), 'AggregateError\n- first\n- second'],
  ['errors in one, with words', new AggregateError([new Error('first')], 'all failed'), 'all failed\n- first'],
  [
    'one that another one suppressed',
    new SuppressedError(new Error('not given back'), new Error('first'), 'both'),
    'both\n- first\n- not given back',
  ],
  ['many errors in one', new AggregateError(Array(12).fill('x'), 'all'), `all\n${'- x\n'.repeat(10)}- and 2 more`],
  ['a circle of causes', round, `${'round\nCaused by: '.repeat(5)}round`],
  ['an error that says all', new SluiceError('CONFLICT', 'there is one', { cause: new Error('raw'), hint: undefined }), 'there is one'],
  ['a trap', trap(), '{}'],
  ['a trap as a cause', new Error('outer', { cause: trap() }), 'outer\nCaused by: {}'],
])('%s', (_name, thrown, message) => {
  expect(messageOfThrown(thrown)).toBe(message);
});

test('what is too long is cut with a mark, and kept in bytes', () => {
  const { message, stack } = serializeError(new Error('ä'.repeat(2_000_000)));
  expect(Buffer.byteLength(message)).toBeLessThanOrEqual(32 * 1024);
  expect(message).toMatch(/ä … \(\d+ more characters were cut\)$/);
  expect(Buffer.byteLength(stack ?? '')).toBeLessThanOrEqual(16 * 1024);
});

test('an error carries its code and its hint, or those of its cause; others than texts are none', () => {
  expect(serializeError(new Error('a', { cause: Object.assign(new Error('b'), { code: 'ENOENT', hint: 'look' }) }))).toMatchObject({
    code: 'ENOENT',
    hint: 'look',
  });
  expect(serializeError(Object.assign(new Error('a'), { code: 7, hint: { a: 1 } }))).toMatchObject({ code: null, hint: null });
});

test('the log has stack, causes and inner errors; of a fault that was foreseen it has the sentence and the next step', () => {
  const log = logOfThrown(new Error('outer', { cause: new AggregateError([new TypeError('inner')], 'both') }));
  for (const part of ['outer', 'thrown.test.ts', '[cause]', 'both', 'inner']) expect(log).toContain(part);
  expect(logOfThrown(new SluiceError('CONFLICT', 'there is one', { hint: 'Take another.' }))).toBe('there is one\nTake another.');
});

test('whatever is thrown, there are words for it that can be stored', () => {
  const things = fc.oneof(
    fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withNullPrototype: true }),
    fc.anything().map((message) => withMessage(message)),
    fc.anything().map((cause) => new Error('x', { cause })),
    fc.array(fc.anything()).map((errors) => new AggregateError(errors)),
  );
  fc.assert(
    fc.property(things, (thrown) => {
      for (const text of [messageOfThrown(thrown), logOfThrown(thrown), JSON.stringify(serializeError(thrown))]) {
        expect(text).not.toBe('');
        expect(text.isWellFormed() && !text.includes('\0') && !text.includes('\\u0000')).toBe(true);
      }
      expect(messageOfThrown(thrown) + logOfThrown(thrown)).not.toContain('[object Object]');
    }),
    { seed: 1, numRuns: 1000 },
  );
});

test('what was thrown first decides about another try, where giving back what it held has failed too', async () => {
  const both = (first: Error) => new SuppressedError(new Error('not given back'), first);
  expect(await canHelp({}, both(new NonRetryable('for good')), () => {})).toBe(false);
  expect(await canHelp({}, both(new SluiceError('CONFLICT', 'there is one', { hint: 'Choose another.' })), () => {})).toBe(false);
  expect(await canHelp({}, both(new Error('once')), () => {})).toBe(true);
});
