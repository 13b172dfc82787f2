import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const files = globSync('{packages/*/src,flows}/**/*.ts', { cwd: root, exclude: ['**/*.test.ts', '**/testing/**'] }).filter(
  (file) => file !== 'packages/client/src/timers.ts',
);

/** The arguments of a call whose opening bracket is at `open`. */
function argumentsAt(text: string, open: number): string[] {
  const parts = [''];
  let depth = 0;
  for (const char of text.slice(open)) {
    if (')]}'.includes(char)) depth--;
    if (depth === 0 && char === ')') break;
    if (depth === 1 && char === ',') parts.push('');
    else if (depth > 0) parts[parts.length - 1] += char;
    if ('([{'.includes(char)) depth++;
  }
  return parts.map((part) => part.trim()).filter(Boolean);
}

/** Timers of Node in a source: what each takes for its time. */
function timesIn(text: string): string[] {
  const sleep = /import \{ setTimeout as (\w+) \} from 'node:timers\/promises'/.exec(text)?.[1];
  const calls = [['\\b(?:setTimeout|setInterval)', 1], ['AbortSignal\\.timeout', 0], ...(sleep ? [[`\\b${sleep}`, 0]] : [])] as [string, number][];
  return calls.flatMap(([name, place]) =>
    [...text.matchAll(new RegExp(`${name}\\(`, 'g'))]
      .filter(({ index }) => !text.slice(0, index).endsWith('.') || name.startsWith('Abort'))
      .map(({ 0: call, index }) => argumentsAt(text, index + call.length - 1)[place] ?? 'no time'),
  );
}

/** A constant, or a share of one, or at most one. */
const isBounded = (time: string) => /^[\dA-Z_ .*+/()]+$/.test(time) || /^Math\.min\(.*\b[A-Z_]+_MS\b.*\)$/s.test(time);

test('a time that somebody may choose never goes to a timer of Node itself, which holds 24.8 days: startTimer and pause of the client hold any', () => {
  const found = files.flatMap((file) => timesIn(readFileSync(`${root}/${file}`, 'utf8')).map((time) => ({ file, time })));
  expect(found.length).toBeGreaterThan(10);
  expect(found.filter(({ time }) => !isBounded(time))).toEqual([]);
});

test('the search sees what it looks for', () => {
  expect(timesIn("import { setTimeout as nap } from 'node:timers/promises';\nawait nap(given * 1000, undefined, { signal });")).toEqual([
    'given * 1000',
  ]);
  expect(timesIn('setTimeout(() => f(a, [b, c]), seconds * 1000).unref(); AbortSignal.timeout(ms)')).toEqual(['seconds * 1000', 'ms']);
  expect(['given * 1000', 'ms', 'Math.max(ms, PAUSE_MS)'].some(isBounded)).toBe(false);
  expect(['PAUSE_MS', '50', 'WAIT_SECONDS * 1000', 'Math.min(ms, PAUSE_MS)'].every(isBounded)).toBe(true);
});
