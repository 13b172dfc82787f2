import { expect, test } from 'vitest';
import { behindTask, type CalledTask } from './behind-task.ts';

const called = (id: string, began: number, ...parents: string[]): CalledTask => ({ id, began, parents });

test('what was called after the end of a task is behind it, and what was called before is not', () => {
  const tasks = [called('a', 1), called('b', 3), called('c', 5)];
  expect([...behindTask(tasks, 'b', 4)]).toEqual(['b', 'c']);
  expect([...behindTask(tasks, 'a', 2)]).toEqual(['a', 'b', 'c']);
  expect([...behindTask(tasks, 'c', 6)]).toEqual(['c']);
});

test('what ran beside a task is kept, whichever began first', () => {
  const tasks = [called('left', 1), called('it', 2), called('right', 3), called('after all', 9)];
  expect([...behindTask(tasks, 'it', 5)]).toEqual(['it', 'after all']);
});

test('what a task has called is behind it, and so are the tasks around it, with nothing else of theirs', () => {
  const tasks = [called('outer', 1), called('before', 2, 'outer'), called('it', 4, 'outer'), called('within', 5, 'it'), called('beside', 5, 'outer')];
  expect([...behindTask(tasks, 'it', 8)].sort()).toEqual(['it', 'outer', 'within']);
});

test('a caller that is not there, or that names itself, does no harm', () => {
  expect([...behindTask([called('it', 1, 'gone', 'it')], 'it', 2)]).toEqual(['it']);
});

test('a task that was deleted meanwhile has nothing behind it but itself', () => {
  expect([...behindTask([], 'gone', 2)]).toEqual(['gone']);
});
