import { describe, expect, test } from 'vitest';
import { circleInWords } from './circle-words.ts';
import { findCircles } from './circles.ts';
import { type HeldLimit, type LentRun, type NotedWait, type QueuedRun, toWaitGraph, type WaitFacts } from './wait-facts.ts';

let clock = 0;
const run = (party: string) => party.slice(party.indexOf(' ') + 1);

/** Who queues for a slot of these limits: the task or body first, then who called it. */
const queues = (within: string[], names: string, more: Partial<NotedWait> = {}): NotedWait => {
  clock++;
  const limits = names.split(' ').map((name) => `limit ${name}`);
  return { id: `q${clock}`, within, run: run(within.at(-1) ?? ''), since: clock, flow_runs: null, limits, slots: 1, ...more };
};
const waits = (within: string[], runs: string): NotedWait => {
  clock++;
  return { id: `w${clock}`, within, run: run(within.at(-1) ?? ''), since: clock, flow_runs: runs.split(' '), limits: [], slots: 0 };
};
const lent = (name: string, runs: string, more: Partial<LentRun> = {}): LentRun => {
  clock++;
  return { run: name, since: clock, flow_runs: runs.split(' ').filter(Boolean), wants_back: runs === '', places: [], ...more };
};
const stands = (name: string, places: string[], workers: string[] = []): QueuedRun => ({ run: name, places, workers });
const limit = (name: string, size: number, ...held: string[]): HeldLimit => ({
  name,
  limit: size,
  held: held.map((by) => ({
    by,
    slots: 1,
    run: by.startsWith('task ') ? null : run(by),
    explicit: by.startsWith('body ') && name.startsWith('limit '),
  })),
});

const facts = (parts: Partial<WaitFacts>): WaitFacts => ({ waits: [], lent: [], queued: [], limits: [], ...parts });
const told = (parts: Partial<WaitFacts>) => findCircles(toWaitGraph(facts(parts))).map(({ party }) => party);

const one = (...held: string[]) => limit('limit one', 1, ...held);

describe('a circle', () => {
  test.each<[string, Partial<WaitFacts>, string[]]>([
    [
      'in one run: a task holds the slot that a task which it calls needs',
      { waits: [queues(['task b', 'task a', 'body r'], 'one')], limits: [one('task a')] },
      ['task b'],
    ],
    ['deeper', { waits: [queues(['task d', 'task c', 'task a', 'body r'], 'one')], limits: [one('task a')] }, ['task d']],
    ['over a subflow in the process', { waits: [queues(['task b', 'body sub', 'task a', 'body r'], 'one')], limits: [one('task a')] }, ['task b']],
    ['of one body that takes the same limit twice', { waits: [queues(['body r'], 'one')], limits: [one('body r')] }, ['body r']],
    [
      'a deployment that runs itself',
      { lent: [lent('a', 'b')], queued: [stands('b', ['deployment d'])], limits: [limit('deployment d', 1, 'run a')] },
      ['body a'],
    ],
    [
      'A runs B runs A: the newest wait',
      {
        lent: [lent('a', 'b'), lent('b', 'a2')],
        queued: [stands('a2', ['deployment a'])],
        limits: [limit('deployment a', 1, 'run a'), limit('deployment b', 1, 'run b')],
      },
      ['body b'],
    ],
    [
      'two limits, taken in opposite order',
      { waits: [queues(['body r1'], 'y'), queues(['body r2'], 'x')], limits: [limit('limit x', 1, 'body r1'), limit('limit y', 1, 'body r2')] },
      ['body r2'],
    ],
    [
      'a task that works for nothing keeps the pool’s slot from the child of the flow',
      {
        waits: [waits(['body p'], 'c'), queues(['task t', 'body p'], 'one'), waits(['task x', 'body q'], 'c2')],
        queued: [stands('c', ['pool p']), stands('c2', ['pool p'])],
        limits: [limit('pool p', 1, 'places p'), one('task x')],
      },
      ['task x'],
    ],
    [
      'tag, deployment, worker',
      {
        waits: [waits(['task t', 'body r1'], 'd2'), queues(['task u', 'body r3'], 'one')],
        lent: [lent('d1', 'w')],
        queued: [stands('d2', ['deployment d']), stands('w', [], ['worker v'])],
        limits: [limit('deployment d', 1, 'run d1'), limit('worker v', 1, 'places r3'), one('task t')],
      },
      ['body d1'],
    ],
    [
      'all holders of a larger limit',
      {
        waits: [queues(['task b1', 'task a1', 'body r1'], 'two'), queues(['task b2', 'task a2', 'body r2'], 'two')],
        limits: [limit('limit two', 2, 'task a1', 'task a2')],
      },
      ['task b2'],
    ],
    [
      'a run behind another in the line',
      {
        waits: [waits(['task x', 'body r'], 'c'), queues(['body much'], 'two', { slots: 2 }), queues(['body c'], 'two')],
        limits: [limit('limit two', 2, 'task x')],
      },
      ['task x'],
    ],
    [
      'a parent that wants its place back from who queues for its slot',
      {
        waits: [queues(['task t', 'body other'], 'one')],
        lent: [lent('p', '', { places: ['worker w'] })],
        limits: [one('body p'), limit('worker w', 1, 'places other')],
      },
      ['body p'],
    ],
    [
      'a place that stays free since somebody wants it back',
      {
        waits: [waits(['task y', 'body s'], 'c'), queues(['task t', 'body x'], 'one')],
        lent: [lent('p', '', { places: ['worker w', 'pool p'] })],
        queued: [stands('c', ['pool p'])],
        limits: [
          one('task y'),
          limit('worker w', 1, 'places x'),
          { name: 'pool p', limit: 1, held: [{ by: 'run p', slots: 1, reserved: true, run: 'p' }] },
        ],
      },
      ['body p'],
    ],
  ])('%s', (_what, parts, parties) => {
    expect(told(parts)).toEqual(parties);
  });

  test('two of them are both told, and who waits for one from outside is not', () => {
    const circle = (name: string) => queues([`task b${name}`, `task a${name}`, `body ${name}`], name);
    const parts = {
      waits: [circle('x'), circle('y')],
      lent: [lent('outside', 'x')],
      limits: [limit('limit x', 1, 'task ax'), limit('limit y', 1, 'task ay')],
    };
    expect(told(parts).sort()).toEqual(['task bx', 'task by']);
  });
});

describe('no circle', () => {
  test.each<[string, Partial<WaitFacts>]>([
    ['the holder works', { waits: [queues(['task b', 'body r'], 'one')], limits: [one('task other')] }],
    [
      'one holder of two is free to end',
      { waits: [queues(['task b', 'task a', 'body r'], 'two')], limits: [limit('limit two', 2, 'task a', 'task other')] },
    ],
    ['a limit of 0', { waits: [queues(['task b', 'body r'], 'one')], limits: [limit('limit one', 0)] }],
    ['more is wanted than there is', { waits: [queues(['body r'], 'one', { slots: 2 })], limits: [one('body r')] }],
    ['the child runs', { waits: [], lent: [lent('p', 'c')] }],
    ['a worker has room', { lent: [lent('p', 'c')], queued: [stands('c', [], ['worker v', 'worker w'])], limits: [limit('worker v', 1, 'run p')] }],
    ['nobody knows a worker', { lent: [lent('p', 'c')], queued: [stands('c', [])] }],
    [
      'a task works beside the wait, and the places are lent when it has ended',
      { waits: [waits(['body p'], 'c')], queued: [stands('c', ['pool p'])], limits: [limit('pool p', 1, 'places p')] },
    ],
  ])('%s', (_what, parts) => {
    expect(told(parts)).toEqual([]);
  });
});

test('a circle is told in words, with what to do', () => {
  const given = facts({
    waits: [waits(['task a', 'body r'], 'c'), queues(['task b', 'body c'], 'tag:db')],
    limits: [limit('limit tag:db', 1, 'task a')],
  });
  const [circle] = findCircles(toWaitGraph(given));
  const names = new Map([
    ['a', 'asks'],
    ['r', 'parent'],
    ['c', 'child'],
  ]);
  expect(circle && circleInWords(circle, given, names)).toEqual({
    message:
      "This wait can never end: task 'asks' of flow run 'parent' waits for flow run 'child'; a task of flow run 'child' needs a slot of the tag \"db\" (limit 1), held by task 'asks' of flow run 'parent'.",
    hint: 'Take the tag off the task that waits, or wait in the flow, outside of the task.',
  });
});

test('only a circle over slots that a line of code gives back is doubtful', () => {
  const circle = (held: string) => findCircles(toWaitGraph(facts({ waits: [queues(['task b', 'task a', 'body r'], 'one')], limits: [one(held)] })));
  expect(circle('task a')[0]?.explicit).toBe(false);
  expect(circle('body r')[0]?.explicit).toBe(true);
});
