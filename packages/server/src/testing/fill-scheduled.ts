import { openDatabase } from '../db/database.ts';

/**
 * So many deployments, each with a schedule of its own: every second an interval, the others cron patterns and rules, in four time
 * zones; none is looked at before `lookAtAll`.
 */
const DEPLOYMENTS = [
  `insert into flow (id, created, updated, name) values ('00000000-0000-7000-8000-000000000001', now(), now(), 'scheduled-flow')`,
  `insert into deployment (id, created, updated, name, flow_id, parameters, tags)
    select md5('deployment' || i)::uuid, now(), now(), 'scheduled-' || i, '00000000-0000-7000-8000-000000000001', json_build_object('table', i), '{etl}'
    from generate_series(1, $1::integer) i`,
  `insert into deployment_schedule (id, created, updated, deployment_id, schedule, max_scheduled_runs, due)
    select md5('schedule' || i)::uuid, now(), now(), md5('deployment' || i)::uuid,
      case when i % 2 = 0 then json_build_object('interval', 3600 + i, 'anchor_date', '2026-01-01T00:00:00.000000+00:00', 'timezone', zone)
        when i % 4 = 1 then json_build_object('cron', i % 60 || ' ' || i % 24 || ' * * *', 'timezone', zone, 'day_or', true)
        else json_build_object('rrule', 'FREQ=DAILY;BYHOUR=' || i % 24 || ';BYMINUTE=' || i % 60, 'timezone', zone) end,
      1, 'infinity'
    from generate_series(1, $1::integer) i cross join lateral (select ('{UTC,Europe/Berlin,America/New_York,Asia/Kolkata}'::text[])[1 + i % 4] as zone) z`,
];

const withDatabase = async <T>(url: string, work: (database: ReturnType<typeof openDatabase>) => Promise<T>): Promise<T> => {
  const database = openDatabase(url, { max: 1 });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
};

export const fillScheduled = (url: string, deployments: number): Promise<void> =>
  withDatabase(url, async ({ sql }) => {
    for (const text of DEPLOYMENTS) await sql.unsafe(text, text.includes('$1') ? [deployments] : []);
    await sql.unsafe('vacuum analyze');
  });

/** Has the scheduler look at all of them, each for so many runs ahead. */
export const lookAtAll = (url: string, ahead: number): Promise<void> =>
  withDatabase(url, async ({ sql }) => {
    await sql.unsafe('update deployment_schedule set due = now(), max_scheduled_runs = $1', [ahead]);
  });
