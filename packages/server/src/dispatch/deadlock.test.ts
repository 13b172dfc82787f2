import { expect, test } from 'vitest';
import type { Asleep, HeldLimit, InQueue } from '../store/deadlock-facts.ts';
import { findDeadlock, type Queued } from './deadlock.ts';

/** `child db` queues for the tag db; `parent > a b` sleeps until a and b have ended, `parent > @w` until it has its place at @w again; `db 1: parent` is a limit and its holders. */
const queues = (...lines: string[]): Queued[] =>
  lines.map((line) => {
    const [flow_run_id = '', ...names] = line.split(' ');
    return { flow_run_id, names, slots: 1 };
  });
const sleeps = (...lines: string[]): Asleep[] =>
  lines.map((line) => {
    const [flow_run_id = '', what = ''] = line.split(' > ');
    const names = what.split(' ').filter(Boolean);
    return { flow_run_id, open: names.filter((name) => !name.startsWith('@')), places: names.filter((name) => name.startsWith('@')) };
  });
const limits = (...lines: string[]): HeldLimit[] =>
  lines.map((line) => {
    const [name = '', limit = '', ...held] = line.replace(':', '').split(' ');
    const kind = name.startsWith('@') ? 'place' : 'tag';
    return { kind, name, limit: Number(limit), held: held.map((flow_run_id) => ({ flow_run_id, slots: 1 })) };
  });
/** `child @w1,@w2 @p` stands in the queue, and needs a slot of one of two workers, and one of a pool. */
const stands = (...lines: string[]): InQueue[] =>
  lines.map((line) => {
    const [id = '', ...needs] = line.split(' ');
    return { flow_run_ids: [id], needs: needs.map((names) => names.split(',')) };
  });

test.each([
  ['a parent holds the only slot that its child queues for', ['child db'], ['db 1: parent'], ['parent > child'], 'parent'],
  ['the circle goes over a run between them', ['child db'], ['db 1: parent'], ['parent > middle', 'middle > child'], 'middle'],
  ['two parents wait for each other’s children', ['c1 b', 'c2 a'], ['a 1: p1', 'b 1: p2'], ['p1 > c1', 'p2 > c2'], 'p2'],
  ['all holders of a larger limit sleep', ['c1 db', 'c2 db'], ['db 2: p1 p2'], ['p1 > c1', 'p2 > c2'], 'p2'],
  ['one of two limits that a child needs is enough', ['child a b'], ['a 1: parent', 'b 9:'], ['parent > child'], 'parent'],
  ['who waits for the circle from outside is left alone', ['child db'], ['db 1: parent'], ['parent > child', 'outside > parent'], 'parent'],
  ['the parent wants its place back, and who has it queues for its slot', ['other db'], ['db 1: parent', '@w 1: other'], ['parent > @w'], 'parent'],
  ['one of its places is enough', ['other db'], ['db 1: parent', '@w 1: other', '@p 9: other'], ['parent > @p @w'], 'parent'],
])('a deadlock: %s', (_what, queued, held, asleep, newest) => {
  expect(findDeadlock(queues(...queued), limits(...held), sleeps(...asleep), [])).toBe(newest);
});

test.each([
  ['nobody sleeps', ['child db'], ['db 1: other'], []],
  ['the holder works', ['child db'], ['db 1: other'], ['parent > child']],
  ['another slot is free', ['child db'], ['db 2: parent'], ['parent > child']],
  ['one of the holders works', ['child db'], ['db 2: parent other'], ['parent > child']],
  ['one of the children can go on, and wakes the parent', ['c1 db'], ['db 1: parent'], ['parent > c1 c2']],
  ['the child sleeps for one that works', [], ['db 1: parent'], ['parent > child', 'child > grandchild']],
  ['what was waited for has ended', ['child db'], ['db 1: parent'], ['parent > ']],
  ['a limit of none is nobody’s fault here', ['child db'], ['db 0:'], ['parent > child']],
  ['one who has a place can end', ['other db'], ['db 1: parent', '@w 2: other working'], ['parent > @w']],
  ['who has the place queues for another slot', ['other a'], ['db 1: parent', 'a 1: working', '@w 1: other'], ['parent > @w']],
])('no deadlock: %s', (_what, queued, held, asleep) => {
  expect(findDeadlock(queues(...queued), limits(...held), sleeps(...asleep), [])).toBeUndefined();
});

test.each([
  ['who has the only place queues for the parent’s slot', ['other db'], ['db 1: parent', '@w 1: other'], ['parent > child'], ['child @w'], 'parent'],
  ['so do those at all workers', ['o1 db', 'o2 db'], ['db 1: parent', '@v 1: o1', '@w 1: o2'], ['parent > child'], ['child @v,@w @p'], 'parent'],
  ['the pool is full of such runs', ['other db'], ['db 1: parent', '@w 2: other', '@p 1: other'], ['parent > child'], ['child @w @p'], 'parent'],
  ['its deployment’s slot is its sleeping parent’s', ['x db'], ['db 1: parent', '@d 1: parent'], ['parent > child'], ['child @w @d'], 'parent'],
  ['the circle goes over a run that sleeps', ['o db'], ['db 1: p', '@w 1: o'], ['p > middle', 'middle > child'], ['child @w'], 'middle'],
])('a deadlock with a child in the queue: %s', (_what, queued, held, asleep, inQueue, newest) => {
  expect(findDeadlock(queues(...queued), limits(...held), sleeps(...asleep), stands(...inQueue))).toBe(newest);
});

test.each([
  ['one of two workers has room', ['other db'], ['db 1: parent', '@v 1:', '@w 1: other'], ['parent > child'], ['child @v,@w']],
  ['a worker has no limit', ['other db'], ['db 1: parent', '@w 1: other'], ['parent > child'], ['child @v,@w']],
  ['who has the place works', ['other db'], ['db 1: parent', '@w 1: working'], ['parent > child'], ['child @w']],
  ['no worker is known, and one may come', ['other db'], ['db 1: parent'], ['parent > child'], ['child']],
  ['another child can go on, and wakes the parent', ['o db'], ['db 1: parent', '@w 1: o'], ['parent > child works'], ['child @w']],
])('no deadlock with a child in the queue: %s', (_what, queued, held, asleep, inQueue) => {
  expect(findDeadlock(queues(...queued), limits(...held), sleeps(...asleep), stands(...inQueue))).toBeUndefined();
});

test('who wants more slots than can ever be free waits for ever; who wants fewer does not', () => {
  const held = [{ kind: 'tag' as const, name: 'db', limit: 3, held: [{ flow_run_id: 'parent', slots: 2 }] }];
  const wants = (slots: number) => findDeadlock([{ flow_run_id: 'child', names: ['db'], slots }], held, sleeps('parent > child'), []);
  expect(wants(2)).toBe('parent');
  expect(wants(1)).toBeUndefined();
});
