import { expect, test } from 'vitest';
import { type HeldRun, HeldRuns } from './held-runs.ts';

const held = (epoch: number): HeldRun => ({
  flow_run_id: 'a',
  epoch,
  state_id: null,
  cancel: () => {},
  lose: () => {},
  prolong: () => {},
  stalledSeconds: () => undefined,
});

test('a run that is claimed here again is held on when the process of its last life has ended', () => {
  const runs = new HeldRuns();
  const epochs: (number | undefined)[] = [];
  runs.on('change', () => epochs.push(runs.get('a')?.epoch));
  runs.add(held(1));
  runs.add(held(2));
  runs.delete({ flow_run_id: 'a', epoch: 1 });
  expect(runs.all()).toMatchObject([{ epoch: 2 }]);
  runs.delete({ flow_run_id: 'a', epoch: 2 });
  expect(runs.all()).toEqual([]);
  expect(epochs).toEqual([1, 2, undefined]);
});
