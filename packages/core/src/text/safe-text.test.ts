import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safeText } from './safe-text.ts';

const anyText = fc.string({
  unit: fc.oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), fc.constantFrom('\0', '\ud800', '\udfff', '🙂', 'ä', 'a')),
});

test.each([
  ['plain', 'plain'],
  ['a\0b', 'a␀b'],
  ['\ud800', '\ufffd'],
  ['a\udc00🙂', 'a\ufffd🙂'],
])('%j becomes %j', (text, safe) => {
  expect(safeText(text, 1000)).toBe(safe);
});

test('what is too long is cut between two characters, and says how much was cut', () => {
  expect(safeText('a'.repeat(200), 200)).toBe('a'.repeat(200));
  expect(safeText('a'.repeat(201), 200)).toBe(`${'a'.repeat(152)} … (49 more characters were cut)`);
  expect(safeText('🙂'.repeat(51), 200)).toBe(`${'🙂'.repeat(38)} … (26 more characters were cut)`);
});

test('whatever goes in, what comes out fits and can be stored, and is itself from then on', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 400 }), fc.integer({ min: 64, max: 300 }), (part, times, max) => {
      const safe = safeText(part.repeat(times), max);
      expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(max);
      expect(safe.isWellFormed() && !safe.includes('\0')).toBe(true);
      expect(safeText(safe, max)).toBe(safe);
    }),
    { seed: 1, numRuns: 500 },
  );
});
