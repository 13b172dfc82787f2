import type { Deployment } from '@sluice/core/model/deployment';
import { beforeAll, describe, expect, test } from 'vitest';
import { whyNoBrowser } from '../support/dashboard/open-browser.ts';
import { shows } from '../support/dashboard/open-page.ts';
import { useDashboard } from '../support/dashboard/use-dashboard.ts';

describe.skipIf(whyNoBrowser())('schedules of a deployment', () => {
  const opened = useDashboard({ refusals: [409, 422] });
  const { main, dialog, press, field } = opened;
  let id: string;

  beforeAll(async () => {
    const [first] = await opened.stage.client.request('POST /deployments/filter', {
      body: { deployments: { name: { any_: ['main-etl-job-deployment'] } } },
    });
    id = (first as Deployment).id;
  });

  const table = () => main().getByRole('table', { name: 'Schedules' });
  const rowOf = (text: string) => table().getByRole('row').filter({ hasText: text });
  const schedules = () => opened.stage.client.request('GET /deployments/{id}/schedules', { params: { id } });

  test('one of a cron pattern is added: in words as it is typed, refused by the server when it is none', async () => {
    await opened.open(`/deployments/${id}?tab=schedules`);
    await shows(main(), 'It has no schedule');
    await main().getByRole('button', { name: 'Add a schedule' }).click();
    await field('Pattern').fill('61 6 * * 1-5');
    await press('Add');
    await dialog().getByRole('alert').waitFor();
    await field('Pattern').fill('30 6 * * 1-5');
    await shows(dialog(), 'at 06:30, Monday through Friday');
    await field('Time zone').fill('Europe/Berlin');
    await shows(
      dialog().locator('code').first(),
      "npx sluice deployment schedule create main-etl-job/main-etl-job-deployment --cron '30 6 * * 1-5' --timezone Europe/Berlin",
    );
    await press('Add');
    await shows(rowOf('at 06:30, Monday through Friday'), 'Europe/Berlin');
    await shows(opened.page.getByRole('tab', { name: 'Schedules' }), '1');
    expect(await schedules()).toMatchObject([{ schedule: { cron: '30 6 * * 1-5', timezone: 'Europe/Berlin' }, active: true }]);
  });

  test('each names the run that it makes next, which is a link', async () => {
    await rowOf('at 06:30').getByRole('link').click();
    await shows(main(), 'auto-scheduled');
    await opened.page.goBack();
    await table().waitFor();
  });

  test('an interval and a rule are added, and a unit that is missing is said at the field', async () => {
    await main().getByRole('button', { name: 'Add a schedule' }).click();
    await press('Interval');
    await field('Every').fill('90');
    await shows(dialog().getByRole('alert'), 'Write a number and its unit');
    await field('Every').fill('90m');
    await shows(dialog(), 'every 1 hour 30 minutes');
    await field('Time zone').fill('UTC');
    await field('Times that are missed').selectOption('all');
    await shows(dialog().locator('code').first(), '--interval 5400 --timezone UTC --catchup all');
    await dialog().getByLabel('It makes runs from now on').uncheck();
    await press('Add');
    await shows(rowOf('every 1 hour 30 minutes'), 'off');
    await shows(rowOf('every 1 hour 30 minutes'), 'all');
    await main().getByRole('button', { name: 'Add a schedule' }).click();
    await press('RRule');
    await field('Rule').fill('FREQ=MONTHLY;BYDAY=-1FR');
    await press('Add');
    await rowOf('FREQ=MONTHLY;BYDAY=-1FR').first().waitFor();
    expect(await schedules()).toHaveLength(3);
  });

  test('one is changed in place: what is not touched stays, and so do its parameters when it is switched', async () => {
    const [first] = (await schedules()).filter(({ schedule }) => 'cron' in schedule);
    const params = { id, schedule_id: first?.id ?? '' };
    await opened.stage.client.request('PATCH /deployments/{id}/schedules/{schedule_id}', { params, body: { parameters: { table: 'orders' } } });
    await shows(rowOf('at 06:30'), 'left out');
    await shows(rowOf('at 06:30'), 'with its own table');
    await main().getByRole('button', { name: 'Edit: at 06:30' }).click();
    await shows(dialog().locator('h2'), 'Change the schedule: at 06:30');
    expect(await dialog().getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
    await field('Pattern').fill('61 6 * * *');
    await press('Save');
    await dialog().getByRole('alert').waitFor();
    await field('Pattern').fill('0 7 * * 1-5');
    await field('Times that are missed').selectOption('last');
    await shows(
      dialog().locator('code').first(),
      `npx sluice deployment schedule update main-etl-job/main-etl-job-deployment ${first?.id} --cron '0 7 * * 1-5' --catchup last`,
    );
    await press('Save');
    await shows(rowOf('at 07:00, Monday through Friday'), 'the newest');
    const changed = {
      id: first?.id,
      schedule: { cron: '0 7 * * 1-5', timezone: 'Europe/Berlin', day_or: true },
      catchup: 'last',
      parameters: { table: 'orders' },
    };
    expect(await schedules()).toContainEqual(expect.objectContaining(changed));
    await main().getByRole('button', { name: 'Switch off: at 07:00' }).click();
    await press('Switch off');
    await shows(rowOf('at 07:00'), 'off');
    expect(await schedules()).toContainEqual(expect.objectContaining({ ...changed, active: false }));
    await main().getByRole('button', { name: 'Edit: at 07:00' }).click();
    await press('Interval');
    await field('Every').fill('2h');
    await press('Save');
    await rowOf('every 2 hours').waitFor();
    expect(await schedules()).toContainEqual(
      expect.objectContaining({ id: first?.id, active: false, schedule: expect.objectContaining({ interval: 7200 }) }),
    );
    await main().getByRole('button', { name: 'Switch on: every 2 hours' }).click();
    await press('Switch on');
  });

  test('of two who change one schedule the second is told, and takes nothing of the first back when they save it all the same', async () => {
    const [every] = (await schedules()).filter(({ schedule }) => 'interval' in schedule && schedule.interval === 5400);
    const params = { id, schedule_id: every?.id ?? '' };
    await main().getByRole('button', { name: 'Edit: every 1 hour 30 minutes' }).click();
    await field('Times that are missed').selectOption('none');
    const theirs = { parameters: { table: 'items' } };
    await opened.stage.client.request('PATCH /deployments/{id}/schedules/{schedule_id}', { params, body: theirs });
    await press('Save');
    await shows(dialog().getByRole('alert'), 'was changed by somebody else');
    await press('Save');
    await shows(rowOf('every 1 hour 30 minutes'), 'left out');
    expect(await schedules()).toContainEqual(expect.objectContaining({ id: every?.id, catchup: 'none', ...theirs }));
  });

  test('one is switched on and off, with its runs, and deleted', async () => {
    await main().getByRole('button', { name: 'Switch on: every 1 hour 30 minutes' }).click();
    await press('Switch on');
    await rowOf('every 1 hour 30 minutes').getByRole('link').waitFor();
    await main().getByRole('button', { name: 'Switch off: every 1 hour 30 minutes' }).click();
    await shows(dialog(), 'Those that it has made, and that have not started, go.');
    await press('Switch off');
    await shows(rowOf('every 1 hour 30 minutes'), 'off');
    await rowOf('every 1 hour 30 minutes').getByRole('link').waitFor({ state: 'detached' });
    await main().getByRole('button', { name: 'Delete: every 1 hour 30 minutes' }).click();
    await press('Delete');
    await rowOf('every 1 hour 30 minutes').waitFor({ state: 'detached' });
  });

  test('of a paused deployment the page says that they make no runs', async () => {
    await opened.stage.client.request('POST /deployments/{id}/pause_deployment', { params: { id } });
    await shows(main().getByRole('note'), 'its schedules make no runs until it is resumed');
    await rowOf('every 2 hours').getByRole('link').waitFor({ state: 'detached' });
  });
});
