import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** A limit that says milliseconds of its own: as an option, as the last argument of a test, or for a whole file. */
const OWN_LIMIT = /\b(?:timeout|testTimeout|hookTimeout):\s*\d{3,}|^\s*\}?,\s*[\d_]{4,}\s*\);|setDefaultTimeout\(\d/m;

test('every limit of a test is stretched on a slow machine: none is written in milliseconds', () => {
  const files = execFileSync('git', ['ls-files', '*.test.ts', 'tests/**/*.ts'], { cwd: ROOT, encoding: 'utf8' }).split('\n').filter(Boolean);
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((file) => OWN_LIMIT.test(readFileSync(`${ROOT}${file}`, 'utf8').replaceAll('_', '')))).toEqual([]);
});
