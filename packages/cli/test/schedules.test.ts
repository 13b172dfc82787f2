import type { Client } from '@sluice/client';
import { beforeAll, expect, test } from 'vitest';
import { startCommand } from './support/command.ts';
import type { Sluice } from './support/sluice.ts';

let client: Client;
let sluice: Sluice;
let flow_id: string;

beforeAll(async () => {
  const started = await startCommand();
  ({ client, sluice } = started);
  ({ id: flow_id } = await client.request('POST /flows/', { body: { name: 'etl' } }));
  return started.stop;
});

type Deployed = Parameters<typeof client.request<'POST /deployments/'>>[1];
const deploy = (body: Partial<NonNullable<Deployed>['body']> & { name: string }) =>
  client.request('POST /deployments/', { body: { flow_id, ...body } });
const schedule = (...words: string[]) => sluice.run(['deployment', 'schedule', ...words]);
const lines = (text: string) => text.trimEnd().split('\n');

test('schedules are created, listed, switched off and on, replaced and cleared', async () => {
  const { id } = await deploy({ name: 'nightly' });
  const read = async () => (await client.request('GET /deployments/{id}', { params: { id } })).schedules;
  const made = await schedule('create', 'etl/nightly', '--cron', '0 6 * * 1', '--timezone', 'Europe/Berlin', '--no-day_or');
  expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Created schedule .* of etl\/nightly \(cron: 0 6 \* \* 1\)\.$/m) });
  expect(await read()).toMatchObject([{ schedule: { cron: '0 6 * * 1', timezone: 'Europe/Berlin', day_or: false }, active: true }]);

  const [first] = await read();
  await client.request('PATCH /deployments/{id}/schedules/{schedule_id}', {
    params: { id, schedule_id: first?.id ?? '' },
    body: { parameters: { a: 1 }, slug: 'weekly' },
  });
  expect((await schedule('pause', 'etl/nightly', 'weekly')).stdout).toBe('Paused 1 schedule.\n');
  expect(await read()).toMatchObject([{ active: false, parameters: { a: 1 } }]);
  expect((await schedule('pause', 'etl/nightly', first?.id ?? '')).stdout).toBe('Nothing to pause.\n');
  expect(lines((await schedule('ls', 'nightly')).stdout).map((line) => line.split('\t').slice(1, 6))).toEqual([
    ['cron: 0 6 * * 1', 'Europe/Berlin', 'false', 'weekly', '{"a":1}'],
  ]);
  expect((await schedule('resume', '--all', '--yes')).stdout).toBe('Resumed 1 schedule.\n');
  expect(JSON.parse((await schedule('ls', 'etl/nightly', '-o', 'json')).stdout)).toMatchObject([{ active: true, slug: 'weekly' }]);

  await schedule('create', 'etl/nightly', '--interval', '900', '--anchor-date', '2026-01-01T00:00:00Z', '--no-active', '--replace', '--yes');
  expect(await read()).toMatchObject([{ schedule: { interval: 900, anchor_date: expect.stringContaining('2026-01-01') }, active: false }]);
  expect((await read())[0]?.catchup).toBe('none');
  await schedule('create', 'etl/nightly', '--interval', '900', '--catchup', 'last', '--no-active', '--replace', '--yes');
  expect(await read()).toMatchObject([{ catchup: 'last' }]);
  expect(lines((await schedule('ls', 'nightly')).stdout).map((line) => line.split('\t').at(-1))).toEqual(['last']);
  await schedule('create', 'etl/nightly', '--rrule', '{"rrule": "FREQ=DAILY", "timezone": "UTC"}');
  expect(await read()).toHaveLength(2);
  expect(await schedule('delete', 'etl/nightly', (await read()).at(-1)?.id ?? '', '--yes')).toMatchObject({ code: 0 });
  expect(await read()).toMatchObject([{ schedule: { rrule: expect.stringContaining('FREQ=DAILY') } }]);
  expect(await schedule('clear', 'etl/nightly', '--yes')).toMatchObject({ code: 0 });
  expect(await read()).toEqual([]);
});

test('one is changed in place: what is left out stays, its parameters too', async () => {
  const { id } = await deploy({
    name: 'changed',
    schedules: [{ schedule: { cron: '0 6 * * *', timezone: 'Europe/Berlin', day_or: false }, active: false, slug: 'daily', parameters: { a: 1 } }],
  });
  const [before] = (await client.request('GET /deployments/{id}', { params: { id } })).schedules;
  const update = async (...words: string[]) =>
    JSON.parse((await schedule('update', 'etl/changed', 'daily', ...words, '-o', 'json')).stdout) as object;
  const same = { id: before?.id, slug: 'daily', active: false, parameters: { a: 1 } };
  expect(await update('--cron', '0 7 * * *', '--catchup', 'last')).toMatchObject({
    ...same,
    schedule: { cron: '0 7 * * *', timezone: 'Europe/Berlin', day_or: false },
    catchup: 'last',
  });
  expect(await update('--timezone', 'UTC')).toMatchObject({ ...same, schedule: { cron: '0 7 * * *', timezone: 'UTC' }, catchup: 'last' });
  expect(await update('--interval', '900')).toMatchObject({ ...same, schedule: { interval: 900, timezone: 'UTC' } });
  expect(await schedule('update', 'etl/changed', 'daily')).toMatchObject({ code: 2, stderr: expect.stringContaining('Nothing is to be changed') });
  expect(await schedule('update', 'etl/changed', 'daily', '--cron', 'often')).toMatchObject({ code: 2 });
  expect(await schedule('update', 'etl/changed', 'daily', '--cron', '0 6 * * *', '--interval', '5')).toMatchObject({ code: 2 });
  expect(await schedule('update', 'etl/changed', 'weekly', '--catchup', 'all')).toMatchObject({ code: 3 });
});

test('a schedule that is none, or that nobody knows, is told with what to do', async () => {
  await deploy({ name: 'other', schedules: [{ schedule: { interval: 3600 }, active: true, slug: 'hourly' }] });
  expect(await schedule('pause', 'etl/other', 'hourli')).toMatchObject({ code: 3, stderr: expect.stringContaining('Did you mean "hourly"?') });
  expect(await schedule('ls', 'etl/otter')).toMatchObject({ code: 3, stderr: expect.stringContaining('"etl/other"') });
  expect(await schedule('pause')).toMatchObject({ code: 2, stderr: expect.stringContaining('--all') });
  expect(await schedule('create', 'etl/other')).toMatchObject({ code: 2, stderr: expect.stringContaining('--interval, --cron and --rrule') });
  expect(await schedule('create', 'etl/other', '--cron', 'often')).toMatchObject({ code: 2 });
  expect(await schedule('paus', 'etl/other')).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean pause?') });
});

test('times that have passed without a run get one, once, and whoever is not asked gets the plan alone', async () => {
  const at = { interval: 86_400, anchor_date: '2026-01-01T06:00:00Z' };
  const { id } = await deploy({ name: 'daily', parameters: { a: 1 }, schedules: [{ schedule: at, active: true, parameters: { b: 2 } }] });
  const runs = () =>
    client.request('POST /flow_runs/filter', {
      body: {
        deployments: { id: { any_: [id] } },
        flow_runs: { expected_start_time: { before_: '2026-01-31T00:00:00Z' } },
        sort: 'EXPECTED_START_TIME_ASC',
      },
    });
  const backfill = (...words: string[]) => sluice.run(['backfill', 'etl/daily', ...words]);
  const week = ['--from', '2026-01-05', '--to', '2026-01-08T06:00:00Z'];

  const plan = await backfill(...week);
  expect(plan.code).toBe(2);
  expect(lines(plan.stdout).map((line) => line.split('\t'))).toEqual(
    ['05', '06', '07', '08'].map((day) => [`2026-01-${day}T06:00:00.000000+00:00`, 'interval: 86400s', 'missing']),
  );
  expect(plan.stderr).toBe('4 times of etl/daily; 0 of them had their runs already.\nNothing was made. --yes makes the runs without asking.\n');
  expect(await runs()).toEqual([]);

  expect((await backfill(...week, '--yes')).stdout).toContain('Made 4 runs of etl/daily.');
  expect(await runs()).toMatchObject(
    ['05', '06', '07', '08'].map((day) => ({
      expected_start_time: `2026-01-${day}T06:00:00+00:00`,
      state_type: 'SCHEDULED',
      auto_scheduled: true,
      parameters: { a: 1, b: 2 },
    })),
  );
  // Deploying anew gives the schedule another id, and so its runs other keys.
  await deploy({ name: 'daily', parameters: { a: 1 }, schedules: [{ schedule: at, active: true }] });
  const more = await backfill('--from', '2026-01-04', '--to', '2026-01-07', '--yes', '-o', 'json');
  expect((JSON.parse(more.stdout) as { is_there: boolean }[]).map(({ is_there }) => is_there)).toEqual([false, true, true]);
  const again = await backfill('--from', '2026-01-04', '--to', '2026-01-07');
  expect(again).toMatchObject({ code: 0, stderr: '3 times of etl/daily; 3 of them had their runs already.\n' });
  expect(await runs()).toHaveLength(5);
});

test('a backfill without times, without a schedule or of too much is refused in words', async () => {
  await deploy({ name: 'bare', schedules: [{ schedule: { interval: 60 }, active: false }] });
  await deploy({ name: 'busy', schedules: [{ schedule: { interval: 60 }, active: true }] });
  const backfill = (...words: string[]) => sluice.run(['backfill', ...words]);
  expect(await backfill('etl/busy')).toMatchObject({ code: 2, stderr: expect.stringContaining('--from 7d') });
  expect(await backfill('etl/busy', '--from', 'soon')).toMatchObject({ code: 2 });
  expect(await backfill('etl/busy', '--from', '30d')).toMatchObject({ code: 2, stderr: expect.stringContaining('more than 1000 times') });
  expect(await backfill('etl/bare', '--from', '1h')).toMatchObject({ code: 1, stderr: expect.stringContaining('no active schedule') });
  expect(await backfill('etl/none', '--from', '1h')).toMatchObject({ code: 3 });
  expect(await backfill('etl/busy', '--from', '2026-01-02', '--to', '2026-01-01')).toMatchObject({ code: 0, stdout: '' });
});
