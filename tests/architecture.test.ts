import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8');

/** The numbered lines of ARCHITECTURE.md's section "What always holds". */
const lines = (read('ARCHITECTURE.md').split('## What always holds')[1] ?? '').split('\n## ')[0]?.split(/^(?=\d+\. )/m) ?? [];
const invariants = lines.slice(1).map((line, index) => {
  expect(line).toMatch(new RegExp(`^${index + 1}\\. `));
  return { number: index + 1, named: [...line.matchAll(/`(\S+\.ts) › ([^`]+)`/g)].map(([, path = '', names = '']) => [path, names] as const) };
});

test('the architecture says what always holds', () => expect(invariants.length).toBeGreaterThan(14));

describe.each(invariants)('line $number of what always holds', ({ named }) => {
  test('names tests that are there', () => {
    expect(named.length).toBeGreaterThan(0);
    for (const [path, names] of named) {
      const [name = '', ...around] = names.split(' › ').reverse();
      const stands = (words: string, text: string) =>
        ["'", '"'].some((quote) => new RegExp(`${text}\\(\\s*${quote}${words.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}${quote}`).test(read(path)));
      for (const each of around) expect(stands(each, 'describe\\w*(\\.each\\(.*\\))?'), `${path} › ${each}`).toBe(true);
      expect(stands(name, '(?<!describe)(?<!describe\\.each\\(.*\\))'), `${path} › ${name}`).toBe(true);
    }
  });
});
