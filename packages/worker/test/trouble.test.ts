import { SluiceError } from '@sluice/core/errors/sluice-error';
import { expect, test } from 'vitest';
import { Trouble } from '../src/trouble.ts';

test('trouble is told once, and asked for more and more seldom until it is over', () => {
  const notes: string[] = [];
  const trouble = new Trouble((note) => notes.push(note));
  const gone = new SluiceError('NOT_FOUND', 'Work pool "p" not found', { hint: 'Make it.' });
  expect([1, 2, 3, 4, 5, 6, 7].map(() => trouble.meet(gone))).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  expect(notes).toEqual(['takes no runs: Work pool "p" not found Make it.; it asks again, at most 10 s apart']);
  expect(trouble.meet(new Error('another one'))).toBe(500);
  trouble.over();
  trouble.over();
  expect(notes.slice(1)).toEqual(['takes no runs: another one; it asks again, at most 10 s apart', 'takes runs again']);
});
