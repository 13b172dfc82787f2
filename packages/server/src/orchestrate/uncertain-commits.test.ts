import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openDatabase } from '../db/database.ts';
import { flowChange, newFlowRun, startTestEngine, type TestEngine, taskChange, taskStep } from '../testing/test-engine.ts';
import { makeFlow } from '../testing/test-records.ts';

let engine: TestEngine;
let flow: string;

beforeAll(async () => {
  engine = await startTestEngine(inject('postgres'));
  flow = await makeFlow(engine.sql);
});
afterAll(() => engine[Symbol.asyncDispose]());

/** One run's life: each step is proposed when the one before is acknowledged. Returns how many states were acknowledged as written. */
async function live(): Promise<{ id: string; task: string; states: number; taskStates: number }> {
  const { id, created } = await engine.door.submit(newFlowRun(flow));
  expect(created).toBe(true);
  const outcomes = [await engine.door.submit(flowChange(id, 'RUNNING'))];
  const step = await engine.door.submit(taskStep(id));
  const done = await engine.door.submit(
    taskChange(step.id, 'COMPLETED', { proposed: { type: 'COMPLETED', data: { type: 'sluice/v1', value: id } } }),
  );
  outcomes.push(await engine.door.submit(flowChange(id, 'FAILED')));
  for (const { status, written } of [...outcomes, step, done]) expect([status, written]).toEqual(['ACCEPT', true]);
  return { id, task: step.id, states: 1 + outcomes.length, taskStates: 2 };
}

test('when connections die under load, what was acknowledged is there exactly once, and nothing is lost', async () => {
  const admin = openDatabase(inject('postgres'), { max: 1 });
  const { pathname } = new URL(engine.databaseUrl);
  const kill = () =>
    admin.sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${pathname.slice(1)} and application_name = 'sluice'`;
  const lives = Array.from({ length: 150 }, live);
  let open = true;
  const all = Promise.all(lives).finally(() => {
    open = false;
  });
  let kills = 0;
  while (open && kills < 25) {
    await kill();
    kills += 1;
    await Promise.race([all, engine.door.submit(newFlowRun(flow))]);
  }
  const runs = await all;
  const reader = openDatabase(engine.databaseUrl, { max: 1 });
  const rows = await reader.sql<{ id: string; states: number; run_count: number; task_states: number; results: number }[]>`
    select r.id, (select count(*)::integer from flow_run_state s where s.flow_run_id = r.id) as states, r.run_count,
      (select count(*)::integer from task_run t join task_run_state s on s.task_run_id = t.id where t.flow_run_id = r.id) as task_states,
      (select count(*)::integer from result x where x.flow_run_id = r.id) as results
    from flow_run r where r.state_type = 'FAILED'`;
  await Promise.all([admin.close(), reader.close()]);
  expect(new Map(rows.map(({ id, ...counts }) => [id, counts]))).toEqual(
    new Map(runs.map(({ id, states, taskStates }) => [id, { states, run_count: 1, task_states: taskStates, results: 1 }])),
  );
  expect(kills).toBeGreaterThan(3);
});

test('who waits for a run is told of a state that was committed in the dark', async () => {
  const { id } = await engine.door.submit(newFlowRun(flow));
  const heard: string[] = [];
  const stop = engine.desk.subscribe(({ flow_runs }) => heard.push(...flow_runs));
  const change = flowChange(id, 'RUNNING');
  // As if the answer to COMMIT had got lost: the state is there, and the door tries again.
  await engine.sql`insert into flow_run_state (id, flow_run_id, type, name, timestamp) values (${change.state_id}, ${id}, 'RUNNING', 'Running', now())`;
  await engine.sql`update flow_run set state_id = ${change.state_id}, state_type = 'RUNNING', state_name = 'Running', run_count = 1 where id = ${id}`;
  expect(await engine.door.submit(change)).toMatchObject({ written: true, status: 'ACCEPT', state: { id: change.state_id } });
  expect(heard).toContain(id);
  stop();
});
