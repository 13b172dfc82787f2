import type { FlowRun } from '@sluice/core/model/flow-run';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { startHoldingProxy } from '../../../tests/support/holding-proxy.ts';
import { type Lab, type LabWorker, startLab } from '../../../tests/support/lab.ts';
import { completes, failsTwice, hasHookedSteps, isCancelled, slowHook, takesNumber } from './fixtures/hook-flows.ts';

const KEY = 'key-of-the-server';

let lab: Lab;
let pool: string;
let worker: LabWorker;

beforeAll(async () => {
  lab = await startLab(inject('postgres'), { api_key: KEY });
  pool = await lab.pool();
  worker = await lab.worker(pool, { loggingLevel: 'INFO' });
});
afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await lab.stop();
});

const marksOf = ({ id }: Pick<FlowRun, 'id'>) => lab.marks(id).map(({ text }) => text);
/** A run is over before its hooks are. */
const marked = (run: FlowRun, marks: readonly string[]) => eventually(() => expect(marksOf(run)).toEqual(marks));

test('a hook is called with the flow, its run and the state that is stored; one that fails is logged, and the next is called', async () => {
  const run = await lab.run(await lab.deploy(pool, completes));
  await marked(run, ['completes COMPLETED COMPLETED  36']);
  expect(await lab.result(run)).toBe('done');
  await eventually(async () => expect((await lab.log(run)).join('\n')).toContain("The onCompletion hook 'breaks' failed: Error: the hook is broken"));
  expect(await lab.states(run.id)).toHaveLength(4);
});

test('a failure that is tried again calls no hook, and the last one does', async () => {
  await marked(await lab.run(await lab.deploy(pool, failsTwice)), ['fails-twice FAILED FAILED try 2 36']);
});

test('parameters that do not fit are a failure for the hooks too', async () => {
  const { id } = await lab.start(await lab.deploy(pool, takesNumber), { a: -1 });
  await marked(await lab.ended(id), [expect.stringMatching(/^takes-number FAILED FAILED The parameters of flow .* 36$/) as string]);
});

test('a run that is cancelled calls its hook', async () => {
  const { id } = await lab.start(await lab.deploy(pool, isCancelled), { gateName: 'to be cancelled' });
  await lab.gates.arrived('to be cancelled');
  await lab.cancel(id);
  await marked(await lab.ended(id), ['is-cancelled CANCELLED CANCELLED The run was cancelled. 36']);
});

test('a hook may take longer than its worker’s next beats, and asks the server though the lease is over', async () => {
  await lab.client.request('POST /variables/', { body: { name: 'region', value: 'eu' } });
  const run = await lab.run(await lab.deploy(pool, slowHook));
  await lab.gates.arrived('slow hook');
  // Its worker hears that the lease is over with a beat, of which the server tells.
  await heard(2);
  lab.gates.open('slow hook');
  await marked(run, ['hook begins', 'hook ends']);
  await eventually(async () => expect(await lab.log(run)).toContain('region is eu'));
});

test('the hook is called when the worker hears that the lease is over before the process hears that its run has ended', async () => {
  const proxy = await startHoldingProxy(lab.url);
  const own = await lab.pool();
  const isBeat = (path: string) => path.endsWith('/beat');
  proxy.change(/set_state$/, async (body) => {
    const beats = proxy.asked.filter(isBeat).length;
    // The beat that is under way may have been answered before; the third is sent when the second was heard.
    if (body.includes('COMPLETED')) await eventually(() => expect(proxy.asked.filter(isBeat).length).toBeGreaterThan(beats + 2));
    return body;
  });
  await using _worker = await lab.worker(own, { api: { api_url: proxy.url, api_key: KEY, auth_string: undefined } });
  await marked(await lab.run(await lab.deploy(own, completes)), ['completes COMPLETED COMPLETED  36']);
  await proxy[Symbol.asyncDispose]();
});

/** Resolves after so many beats of the worker. */
async function heard(beats: number): Promise<void> {
  const seen = new Set<string>();
  await eventually(async () => {
    const [found] = await lab.client.request('POST /work_pools/{name}/workers/filter', { params: { name: pool }, body: {} });
    seen.add(found?.last_heartbeat_time ?? '');
    expect(seen.size).toBeGreaterThan(beats);
  });
}

test('tasks and subflows have hooks of their own, which are called before the flow goes on', async () => {
  const run = await lab.run(await lab.deploy(pool, hasHookedSteps));
  expect(await lab.result(run)).toEqual([1, 'well']);
  expect(marksOf(run)).toEqual(['good good-one COMPLETED COMPLETED', 'bad tries', 'bad tries', 'bad bad-one FAILED FAILED', 'caught']);
  const children = lab.marks().filter(({ text }) => text.startsWith('child '));
  expect(children.map(({ text }) => text)).toEqual(['child COMPLETED COMPLETED  36']);
});
