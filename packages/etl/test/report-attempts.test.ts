import { expect, test } from 'vitest';
import { attemptsOf } from '../src/report/attempts.ts';

const task = (task_key: string, run_count: number) => ({ task_key, run_count });

test.each([
  ['nothing went wrong', { run_count: 1, crash_count: 0 }, [task('plan', 1), task('read', 1), task('load', 1)], 1],
  ['the flow was tried again', { run_count: 2, crash_count: 0 }, [task('plan', 1), task('read', 2)], 2],
  ['its process died once', { run_count: 1, crash_count: 1 }, [task('plan', 1), task('read', 1)], 2],
  ['a step was tried three times in one try of the flow', { run_count: 1, crash_count: 0 }, [task('plan', 1), task('read', 3), task('load', 1)], 3],
  ['a step was done again, as its parts were gone', { run_count: 1, crash_count: 0 }, [task('read', 1), task('load', 1), task('read', 1)], 2],
  ['it never began', { run_count: 0, crash_count: 0 }, [], 0],
])('a table’s attempts are what was tried: %s', (_, run, tasks, expected) => {
  expect(attemptsOf(run, tasks)).toBe(expected);
});
