import { expect, test } from 'vitest';
import { endInside } from './end-inside.ts';

test.each([
  ['COMPLETED', 'flow run', { type: 'CANCELLED', message: 'Its flow run completed before it had ended.' }],
  ['FAILED', 'parent', { type: 'CANCELLED', message: 'Its parent failed before it had ended.' }],
  ['CANCELLED', 'flow run', { type: 'CANCELLED', message: 'Its flow run was cancelled before it had ended.' }],
  ['CRASHED', 'parent', { type: 'CRASHED', message: 'Its parent crashed.' }],
] as const)('what stands open in a run that ends as %s, seen from its %s', (type, around, end) => {
  expect(endInside({ type }, around)).toEqual(end);
});
