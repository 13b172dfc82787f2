import { expect, test } from 'vitest';
import { WaitLimit } from './wait-limit.ts';

test('who has met a proxy that gives up waits less than that, in bodies and headers, and never more than was asked', () => {
  const waits = new WaitLimit();
  expect(waits.body('POST /flow_runs/wait', { ids: [] })).toEqual({ ids: [] });
  waits.learn(20); // this one had another trouble
  expect(waits.headers({ prefer: 'wait=30' })).toEqual({ prefer: 'wait=30' });
  waits.learn(10_200);
  expect(waits.body('POST /flow_runs/wait', { ids: [] })).toEqual({ ids: [], wait_seconds: 8 });
  expect(waits.body('POST /work_pools/{name}/claim', { wait_seconds: 5 })).toEqual({ wait_seconds: 5 });
  expect(waits.body('POST /flow_runs/', { name: 'run' })).toEqual({ name: 'run' });
  expect(waits.headers({ prefer: 'wait=30', other: '1' })).toEqual({ prefer: 'wait=8', other: '1' });
  waits.learn(1100);
  expect(waits.headers({ prefer: 'wait=30' }), 'a server needs a moment, too').toEqual({ prefer: 'wait=1' });
});
