import { flow, task, runDeployment, waitForFlowRuns } from '@sluice/sdk';
import { z } from 'zod';
const add = task({ name: 'add' }, async ({ a, b }: { a: number; b: number }) => a + b);
export const child = flow({ name: 'child', params: z.object({ i: z.int() }) }, async ({ i }, { log }) => {
  log.info('hello', { i });
  return (await add({ a: i, b: 1 })) + (await add({ a: i, b: 2 }));
});
export const parent = flow({ name: 'parent', params: z.object({ n: z.int() }) }, async ({ n }, { log }) => {
  const runs = await Promise.all(Array.from({ length: n }, (_, i) => runDeployment(child.deployment('d'), { i }, { timeout: 0 })));
  const done = await waitForFlowRuns(runs);
  const sums = await Promise.all(done.map((r) => r.result()));
  log.info('sums', { sums });
  return sums.reduce((a, b) => a + b, 0);
});
