import type { FlowRun } from '@sluice/core/model/flow-run';
import { beforeAll, describe, expect, test } from 'vitest';
import { whyNoBrowser } from '../support/dashboard/open-browser.ts';
import { shows } from '../support/dashboard/open-page.ts';
import { useDashboard } from '../support/dashboard/use-dashboard.ts';

const SCHEMA = {
  type: 'object',
  properties: {
    table: { anyOf: [{ type: 'string' }, { type: 'integer', minimum: 0 }] },
    verify: { type: 'string', enum: ['sums', 'full'], default: 'sums' },
    sample: { type: 'number', exclusiveMinimum: 0, maximum: 1, default: 1 },
    account: { type: 'integer' },
    dry: { type: 'boolean', default: false, description: 'Only say what it would do.' },
    read: { type: 'object', properties: { skip: { type: 'integer' } } },
  },
  required: ['table'],
};

describe.skipIf(whyNoBrowser())('a deployment', () => {
  const opened = useDashboard({ refusals: [409] });
  const { dialog, press, field } = opened;
  let id: string;

  beforeAll(async () => {
    const flow = await opened.stage.client.request('POST /flows/', { body: { name: 'load' } });
    const body = {
      name: 'nightly',
      flow_id: flow.id,
      work_pool_name: 'default-pool',
      parameter_openapi_schema: SCHEMA,
      enforce_parameter_schema: true,
    };
    id = (await opened.stage.client.request('POST /deployments/', { body })).id;
  });

  const runs = (): Promise<FlowRun[]> =>
    opened.stage.client.request('POST /flow_runs/filter', { body: { flow_runs: { deployment_id: { any_: [id] } } } });

  async function openForm(search = ''): Promise<void> {
    await opened.open(`/deployments/${id}${search}`);
    if (!search) await opened.page.getByRole('button', { name: 'Run', exact: true }).click();
    await dialog().waitFor();
  }

  test('is listed with its flow and pool, and run by a form with its defaults filled in', async () => {
    await opened.open('/deployments');
    await shows(opened.row(id), 'nightly');
    await opened.row(id).getByRole('button', { name: 'Run nightly' }).click();
    await field('table').fill('public.orders');
    expect(await field('sample').inputValue()).toBe('1');
    await shows(dialog(), 'Only say what it would do.');
    await field('verify').selectOption('full');
    await field('Name of the run').fill('by-the-form');
    await field('Tags').fill('by hand, now');
    await shows(dialog().locator('code').first(), 'npx sluice deployment run load/nightly --params');
    await press('Run');
    await opened.page.waitForURL('**/runs/*');
    const [run] = await runs();
    expect(run).toMatchObject({
      name: 'by-the-form',
      parameters: { table: 'public.orders', verify: 'full', sample: 1, dry: false },
      tags: ['by hand', 'now'],
      state_type: 'SCHEDULED',
    });
    await shows(opened.page.locator('body'), 'by-the-form is made.');
  });

  test('shows what does not fit at its field: at once in words, and what the server says', async () => {
    await openForm();
    await field('sample').fill('2');
    await opened.page.keyboard.press('Tab');
    await shows(dialog().getByRole('alert'), 'must be 1 or less');
    await press('Run');
    const alerts = dialog().getByRole('alert');
    await shows(alerts, 'sample must be <= 1');
    await shows(alerts, "parameters must have required property 'table'");
    expect(await alerts.filter({ hasText: 'must be 1 or less' }).count()).toBe(0);
    await field('sample').fill('0.5');
    await field('table').fill('3');
    await press('Run');
    await opened.page.waitForURL('**/runs/*');
    expect((await runs())[0]?.parameters).toMatchObject({ table: '3', sample: 0.5 });
  });

  test('is run like an earlier run, and as JSON in step with the form', async () => {
    const [earlier] = await runs();
    await openForm(`?like=${earlier?.id}`);
    await shows(dialog().locator('code').first(), '"sample":0.5');
    await press('As JSON');
    const json = field('Parameters as JSON');
    expect(JSON.parse(await json.inputValue())).toEqual(earlier?.parameters);
    await json.fill('{"table": 7, "account": 9007199254740993}');
    await shows(dialog().getByRole('alert'), 'cannot keep all digits of the number 9007199254740993');
    expect(await dialog().getByRole('button', { name: 'Run', exact: true }).isDisabled()).toBe(true);
    await json.fill('{"table": 7, "read": {"skip": 2}}');
    await press('Form');
    await dialog().getByText('read', { exact: true }).waitFor();
    expect(await field('skip').inputValue()).toBe('2');
    await field('Start in').fill('10 minutes');
    await shows(dialog().getByRole('alert'), 'Write a number and its unit');
    await field('Start in').fill('10m');
    await press('Run');
    await opened.page.waitForURL('**/runs/*');
    const [run] = await runs();
    expect(run?.parameters).toMatchObject({ table: 7, read: { skip: 2 } });
    expect(Date.parse(run?.expected_start_time ?? '')).toBeGreaterThan(Date.now() + 60_000);
  });

  test('a double click makes one run, and so does an answer that was lost', async () => {
    const before = (await runs()).length;
    await openForm();
    await field('table').fill('once');
    let isFirst = true;
    await opened.page.route('**/create_flow_run', async (route) => {
      if (!isFirst) return route.continue();
      isFirst = false;
      await route.fetch();
      await route.abort('connectionreset');
    });
    await dialog().getByRole('button', { name: 'Run', exact: true }).dblclick();
    await shows(dialog().getByRole('alert'), 'does not answer');
    expect(opened.complaints.splice(0)).toEqual([expect.stringContaining('ERR_CONNECTION_RESET')]);
    await press('Run');
    await opened.page.waitForURL('**/runs/*');
    await opened.page.unroute('**/create_flow_run');
    expect(await runs()).toHaveLength(before + 1);
  });

  test('is paused, changed and deleted, and its lists say so without a reload', async () => {
    await opened.open(`/deployments/${id}`);
    await opened.page.getByRole('button', { name: 'Pause', exact: true }).click();
    await shows(dialog().locator('code').first(), 'npx sluice deployment pause load/nightly');
    await press('Pause');
    await shows(opened.page.locator('h1 + div'), 'paused');
    await opened.page.getByRole('button', { name: 'Edit', exact: true }).click();
    await field('Most active runs').fill('2');
    await shows(dialog().locator('code').first(), 'deployment update load/nightly --concurrency-limit 2');
    await field('Tags').fill('night');
    await press('Save');
    await shows(opened.page.locator('h1 + div'), 'at most 2 active');
    await opened.stage.client.request('PATCH /deployments/{id}', { params: { id }, body: { paused: false } });
    await opened.page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
    await opened.page.getByRole('tab', { name: 'Parameters' }).click();
    await shows(opened.page.getByRole('table', { name: 'Parameters' }), 'text, or a whole number, from 0');
    await opened.page.getByRole('button', { name: 'Delete', exact: true }).click();
    await press('Delete');
    await opened.page.waitForURL('**/deployments');
    await opened.row(id).waitFor({ state: 'detached' });
  });
});
