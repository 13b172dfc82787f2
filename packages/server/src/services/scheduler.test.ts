import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { renewRuns, replaceSchedules } from '../http/change-schedules.ts';
import { setPaused } from '../store/deployments.ts';
import { insertSchedules, lockSchedules, scheduleAnew, updateSchedule } from '../store/schedules.ts';
import { startTestEngine, type TestEngine } from '../testing/test-engine.ts';
import { makeFlow } from '../testing/test-records.ts';
import { createScheduler } from './scheduler.ts';

let engine: TestEngine;
let flow: string;

beforeAll(async () => {
  engine = await startTestEngine(inject('postgres'));
  flow = await makeFlow(engine.sql);
});
afterAll(() => engine[Symbol.asyncDispose]());
beforeEach(() => engine.sql`delete from deployment`.then(() => engine.sql`delete from flow_run`));

const scheduler = () => createScheduler({ ...engine, newName: () => 'brave-otter' });

/** A deployment with schedules of these intervals. */
async function deployment(name: string, intervals: readonly number[], more: object = {}): Promise<string> {
  const id = engine.newId();
  await engine.sql`
    insert into deployment (id, created, updated, name, flow_id, parameters, tags) values (${id}, now(), now(), ${name}, ${flow}, '{"a": 1, "b": 1}', '{etl}')`;
  const schedules = intervals.map((interval) => ({
    id: engine.newId(),
    schedule: { interval, anchor_date: '2026-01-01T00:00:00.000000+00:00', timezone: 'UTC' },
    active: true,
    max_scheduled_runs: null,
    parameters: {},
    slug: null,
    catchup: 'none' as const,
    ...more,
  }));
  await insertSchedules(engine.sql, id, schedules);
  return id;
}

const runsOf = (id: string) => engine.sql<
  { tags: string[]; parameters: object; idempotency_key: string; created_by: object; auto_scheduled: boolean }[]
>`
  select to_json(tags) as tags, parameters, idempotency_key, created_by, auto_scheduled from flow_run where deployment_id = ${id} order by next_scheduled_start_time`;

describe('the scheduler', () => {
  test('makes the next runs of a schedule as Prefect’s does, and none twice', async () => {
    const id = await deployment('daily', [86_400], { parameters: { b: 2 }, slug: 'every-day' });
    expect(await scheduler().tick()).toEqual({ runs: 3 });
    const runs = await runsOf(id);
    expect(runs[0]).toMatchObject({
      tags: ['auto-scheduled', 'etl'],
      parameters: { a: 1, b: 2 },
      auto_scheduled: true,
      created_by: { type: 'SCHEDULE', display_value: 'every-day' },
      idempotency_key: expect.stringMatching(new RegExp(`^scheduled ${id} \\S+ 20\\d\\d-\\d\\d-\\d\\d 00:00:00\\+00:00$`)),
    });
    expect(await scheduler().tick()).toEqual({ runs: 0 });
    await scheduleAnew(engine.sql, id);
    expect(await scheduler().tick()).toEqual({ runs: 0 });
  });

  test('makes those of the next hour, and no more than the schedule says', async () => {
    expect([await deployment('often', [600]), (await scheduler().tick())['runs']]).toEqual([expect.any(String), 7]);
    await deployment('one at a time', [600], { max_scheduled_runs: 1 });
    expect(await scheduler().tick()).toEqual({ runs: 1 });
  });

  test('leaves paused deployments and inactive schedules alone, and one that cannot be read keeps nobody from theirs', async () => {
    const paused = await deployment('paused', [60]);
    await setPaused(engine.sql, paused, true);
    await deployment('inactive', [60], { active: false });
    await deployment('broken', [0], { schedule: { cron: 'hello', timezone: null, day_or: true } });
    await deployment('good', [86_400]);
    expect(await scheduler().tick()).toEqual({ runs: 3 });
    await setPaused(engine.sql, paused, false);
    expect((await scheduler().tick())['runs']).toBeGreaterThan(50);
  });

  test('of two servers makes no run twice, and a change of a schedule waits for neither', async () => {
    for (let count = 0; count < 40; count += 1) await deployment(`d-${count}`, [3600, 86_400]);
    const [one, other] = await Promise.all([scheduler().tick(), scheduler().tick()]);
    expect((one['runs'] ?? 0) + (other['runs'] ?? 0)).toBe(240);
    expect(await engine.sql`select count(*)::integer as runs, count(distinct idempotency_key)::integer as keys from flow_run`).toEqual([
      { runs: 240, keys: 240 },
    ]);
  });

  test('passes by a schedule that somebody is changing, and makes what that leaves', async () => {
    const id = await deployment('changing', [86_400]);
    await engine.database.transaction(async (tx) => {
      await lockSchedules(tx, id);
      expect(await scheduler().tick()).toEqual({ runs: 0 });
    });
    expect(await scheduler().tick()).toEqual({ runs: 3 });
  });
});

describe('times that passed while no server planned them', () => {
  /** A schedule of every day, planned as if the last server had stopped so many days ago. */
  async function missed(catchup: string, days: number, more: object = {}): Promise<string> {
    const id = await deployment(`${catchup} ${engine.newId()}`, [86_400], { catchup, ...more });
    await engine.sql`update deployment_schedule set covered_until = date_trunc('day', now()) - ${days} * interval '1 day' where deployment_id = ${id}`;
    return id;
  }
  const pastOf = (id: string) => engine.sql<{ days: number; message: string }[]>`
    select round(extract(epoch from date_trunc('day', now()) - r.next_scheduled_start_time) / 86400)::integer as days, s.message
    from flow_run r join flow_run_state s on s.id = r.state_id
    where r.deployment_id = ${id} and r.next_scheduled_start_time < now() order by r.next_scheduled_start_time`;
  const daysOf = async (id: string) => (await pastOf(id)).map(({ days }) => days);

  test('get a run each, one for the newest, or none', async () => {
    const [all, last, none] = [await missed('all', 5), await missed('last', 5), await missed('none', 5)];
    await scheduler().tick();
    expect([await daysOf(all), await daysOf(last), await daysOf(none)]).toEqual([[4, 3, 2, 1, 0], [0], []]);
    expect((await pastOf(last))[0]?.message).toBe('Flow run scheduled for a time that was missed');
    await engine.sql`update deployment_schedule set due = now()`;
    expect(await scheduler().tick()).toEqual({ runs: 0 });
  });

  test('get none twice from two servers, nor where a run is there', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, (_, index) => missed('all', 10, { slug: `s-${index}` })));
    await Promise.all([scheduler().tick(), scheduler().tick()]);
    await engine.sql`update deployment_schedule set due = now(), covered_until = covered_until - interval '8 days'`;
    await Promise.all([scheduler().tick(), scheduler().tick()]);
    for (const id of ids) expect(await daysOf(id)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
  });

  test('get no more than a thousand, the newest, and the first of them says so', async () => {
    const id = await missed('all', 5000);
    expect(await scheduler().tick()).toMatchObject({ missed_too_many: 1 });
    const runs = await pastOf(id);
    expect([runs.length, runs[0]?.days]).toEqual([1000, 999]);
    expect(runs[0]?.message).toContain('Earlier ones get no run');
    expect(runs[1]?.message).not.toContain('Earlier');
  });

  test('are also those of a pause, with what waited before it; another rule has missed none', async () => {
    const id = await missed('all', 2);
    await scheduler().tick();
    expect(await daysOf(id)).toEqual([1, 0]);
    await setPaused(engine.sql, id, true);
    await renewRuns(engine.sql, id, { future: false });
    expect(await runsOf(id)).toHaveLength(0);
    expect(await scheduler().tick()).toEqual({ runs: 0 });
    await setPaused(engine.sql, id, false);
    await renewRuns(engine.sql, id, { future: false });
    await scheduler().tick();
    expect(await daysOf(id)).toEqual([1, 0]);

    const other = await missed('all', 6);
    const asked = { schedule: { cron: '30 12 * * *', timezone: null, day_or: true }, catchup: 'all' as const };
    const [{ id: schedule } = { id: '' }] = await lockSchedules(engine.sql, other);
    await updateSchedule(engine.sql, other, schedule, asked);
    await scheduler().tick();
    expect(await daysOf(other)).toEqual([]);
  });

  test.each(['changed', 'deployed again'])('are missed from now on by a schedule that is %s to make up for them', async (how) => {
    const id = await missed('none', 4);
    const schedule = { interval: 86_400, anchor_date: '2026-01-01T00:00:00.000000+00:00', timezone: 'UTC' };
    const [{ id: schedule_id } = { id: '' }] = await lockSchedules(engine.sql, id);
    if (how === 'changed') await updateSchedule(engine.sql, id, schedule_id, { schedule, catchup: 'all' });
    else await replaceSchedules(engine.sql, id, [{ schedule, catchup: 'all' }], engine.newId);
    await scheduler().tick();
    expect(await daysOf(id)).toEqual([]);
  });

  test('are still missed when the deployment is deployed again, with the same rule', async () => {
    const id = await missed('last', 3);
    const schedule = { interval: 86_400, anchor_date: '2026-01-01T00:00:00.000000+00:00', timezone: 'UTC' };
    await replaceSchedules(engine.sql, id, [{ schedule, catchup: 'all' }], engine.newId);
    await renewRuns(engine.sql, id);
    await scheduler().tick();
    expect(await daysOf(id)).toEqual([2, 1, 0]);
  });
});
