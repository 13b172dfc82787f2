import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumberText, parseExactJson } from './exact-json.ts';

test.each(['0', '1', '-7', '1.1', '0.1', '1e+21', '123456789012345680000'])('%s is a number', (text) => {
  expect(parseExactJson(text)).toBe(Number(text));
});

test.each([
  ['1.10', true],
  ['1.0', true],
  ['-0', true],
  ['0.00', true],
  ['1e3', true],
  ['1E-05', true],
  ['0e400', true],
  ['12345678901234567890', false],
  ['9007199254740993', false],
  ['0.1000000000000000055511151231257827', false],
  ['1e400', false],
  ['-1e400', false],
  ['1e-400', false],
] as const)('%s keeps its text; the number is the same: %s', (text, isExact) => {
  const read = parseExactJson(text);
  expect(read).toBeInstanceOf(NumberText);
  expect(read).toMatchObject({ text, isExact });
});

test('numbers inside of arrays and objects are looked at too, and texts are left alone', () => {
  expect(parseExactJson('{"a": [1, 1.10], "b": "1.10", "c": null}')).toEqual({ a: [1, new NumberText('1.10')], b: '1.10', c: null });
});

test('whatever JavaScript writes is read as it is', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      expect(parseExactJson(text)).toEqual(JSON.parse(text));
    }),
  );
});

test('a whole number is exact when a BigInt of the same digits is the double', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (whole) => {
      const read = parseExactJson(String(whole));
      const exact = typeof read === 'number' || (read as NumberText).isExact;
      // What JSON carries is the shortest decimal of the double.
      expect(exact).toBe(BigInt(toPlain(String(Number(whole)))) === whole);
    }),
  );
});

/** `1.5e+21` without its exponent. */
function toPlain(text: string): string {
  const [, sign = '', whole = '', part = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e\+(\d+))?$/.exec(text) ?? [];
  return `${sign}${whole}${part.padEnd(Number(exponent), '0')}`;
}
