import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SOURCE = dirname(dirname(fileURLToPath(import.meta.url)));
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('testing/'))
  .map((file) => ({ file, text: readFileSync(join(SOURCE, file), 'utf8') }));

/** A run is made, or what orchestration decides of it is written: a state, an epoch, a count. */
const WRITES = [
  /insert\s+into\s+(flow|task)_run(_state)?\b/i,
  /update\s+(flow|task)_run\b(?:(?!\bwhere\b)[^`])*?\b(state_\w+|epoch|run_count|crash_count|worker_name|next_scheduled_start_time)\s*=/i,
  /(update|delete\s+from)\s+(flow|task)_run_state\b/i,
];

test('states are written by one module, which only the door calls', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter(({ text }) => WRITES.some((statement) => statement.test(text))).map(({ file }) => file)).toEqual(['store/write-runs.ts']);
  const callers = files.filter(({ text }) => /^import (?!type)[^;]*write-runs\.ts'/m.test(text)).map(({ file }) => file);
  expect(callers).toEqual(['orchestrate/write.ts']);
  const writers = files.filter(({ text }) => /^import (?!type)[^;]*'\.\/write\.ts'/m.test(text)).map(({ file }) => file);
  expect(writers).toEqual(['orchestrate/batch.ts']);
  const batches = files.filter(({ text }) => /^import (?!type)[^;]*batch\.ts'/m.test(text)).map(({ file }) => file);
  expect(batches).toEqual(['orchestrate/door.ts']);
});
