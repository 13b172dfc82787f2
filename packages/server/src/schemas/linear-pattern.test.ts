import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linearPattern } from './linear-pattern.ts';

const piece = fc.constantFrom(
  'a',
  'b',
  '.',
  '\\s',
  '\\S',
  '\\d',
  '\\D',
  '\\w',
  '\\W',
  '[ab]',
  '[^a]',
  '[\\s]',
  '[^\\s]',
  '[a-z.]',
  '\\.',
  '\\[',
  '\\]',
  '\\\\',
  '^',
  '$',
  '\\b',
  '\\n',
  '(a|b)',
  '(?:a|)',
  '\\u00e9',
  '\\u{1F600}',
  'é',
  '😀',
  '\\p{L}',
  '\\/',
  '\\-'.slice(1),
  'a{2}',
  '\\x41',
  '\\t',
  '[\\]]',
  '[\\[]',
  '[[]',
  '\\cJ',
);
const repeat = fc.constantFrom('', '', '*', '+', '?', '{1,3}', '*?');
const pattern = fc
  .array(fc.tuple(piece, repeat), { minLength: 1, maxLength: 5 })
  .map((pieces) => pieces.map(([what, often]) => (/^(\^|\$|\\b)$/.test(what) ? what : what + often)).join(''));
const text = fc
  .array(
    fc.constantFrom(
      'a',
      'b',
      'c',
      'A',
      '1',
      ' ',
      '\t',
      '\n',
      '\r',
      '\u00a0',
      '\u2028',
      '\ufeff',
      '\u200b',
      '\v',
      '.',
      '[',
      ']',
      '\\',
      '/',
      '-',
      'é',
      '😀',
      '_',
    ),
    {
      maxLength: 6,
    },
  )
  .map((characters) => characters.join(''));

test('a pattern means what it means in JavaScript', () => {
  fc.assert(
    fc.property(pattern, text, (some, sample) => {
      let native: RegExp;
      try {
        native = new RegExp(some, 'u');
      } catch {
        return;
      }
      expect(linearPattern(some).test(sample), JSON.stringify({ some, sample })).toBe(native.test(sample));
    }),
    { numRuns: 5000 },
  );
});

test.each([
  '^(a+)+$',
  '^(a|aa)+$',
  '^(a|a?)+$',
  '(.*a){12}$',
  '^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$',
])('%s, which would explode, answers about ten thousand letters', (some) => {
  expect(linearPattern(some).test(`${'a'.repeat(10_000)}!`)).toBe(false);
});

test.each([
  ['a look ahead', '^(?=a)b'],
  ['a look behind', '(?<!a)b'],
  ['a back reference', '(a)\\1'],
  ['what is no pattern', '(a'],
  ['repeats of repeats', '((a{1,100}){1,100}){1,100}'],
])('%s is refused with the reason', (_what, some) => {
  expect(() => linearPattern(some)).toThrow(`the pattern "${some}" is not one that RE2 can run`);
});
