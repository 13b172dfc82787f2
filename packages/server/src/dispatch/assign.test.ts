import { expect, test } from 'vitest';
import { assign } from './assign.ts';

const runs = (...queues: string[]) => queues.map((queue, index) => ({ id: index, queue }));
const worker = (waiter: string, room: number, ...queues: string[]) => ({ waiter, room, queues });

test.each([
  ['nobody waits', runs('a'), [], []],
  ['nothing is due', [], [worker('w', 1)], []],
  ['one run, one worker', runs('a'), [worker('w', 1)], ['0>w']],
  ['the one with the most room gets the next', runs('a', 'a', 'a'), [worker('v', 1), worker('w', 3)], ['0>w', '1>w', '2>v']],
  ['equals take turns', runs('a', 'a', 'a', 'a'), [worker('v', 2), worker('w', 2)], ['0>v', '1>w', '2>v', '3>w']],
  ['no more than there is room', runs('a', 'a', 'a'), [worker('w', 2)], ['0>w', '1>w']],
  ['only queues that a worker serves', runs('a', 'b'), [worker('w', 2, 'b')], ['1>w']],
  ['a run that fits nobody does not stop the next', runs('a', 'b', 'a'), [worker('w', 1, 'b'), worker('v', 1, 'b')], ['1>w']],
])('%s', (_name, due, waiting, expected) => {
  expect(assign(due, waiting).map(([{ id }, waiter]) => `${id}>${waiter}`)).toEqual(expected);
});
