import { beforeAll, describe, expect, test } from 'vitest';
import { whyNoBrowser } from '../support/dashboard/open-browser.ts';
import { shows } from '../support/dashboard/open-page.ts';
import { useDashboard } from '../support/dashboard/use-dashboard.ts';

const SCHEMA = {
  title: 'Approval',
  type: 'object',
  properties: {
    approve: { type: 'boolean', title: 'Approve', default: false },
    batch: { type: 'integer', title: 'Batch', minimum: 1, description: 'Rows at once.' },
    why: { type: 'string', title: 'Why' },
  },
  required: ['approve', 'batch'],
};
const KEYS = { schema: 'paused-1-schema', response: 'paused-1-response', description: 'paused-1-description' };

describe.skipIf(whyNoBrowser())('a paused run', () => {
  const opened = useDashboard();
  const { main } = opened;
  let flow_id: string;

  beforeAll(async () => {
    flow_id = (await opened.stage.client.request('POST /flows/', { body: { name: 'asks' } })).id;
  });

  const card = () => main().locator('section').filter({ hasText: 'It waits for an answer' }).first();
  const field = (name: string) => card().getByLabel(name, { exact: true });

  /** A run that has paused itself, as Prefect's clients do it: first the state, then what it asks. */
  async function pause(name: string, run_input_keyset?: typeof KEYS): Promise<string> {
    const { id } = await opened.stage.client.request('POST /flow_runs/', { body: { name, flow_id, state: { type: 'RUNNING' } } });
    const state_details = {
      pause_timeout: new Date(Date.now() + 3_600_000).toISOString(),
      pause_key: '1',
      ...(run_input_keyset && { run_input_keyset }),
    };
    await opened.stage.client.request('POST /flow_runs/{id}/set_state', { params: { id }, body: { state: { type: 'PAUSED', state_details } } });
    return id;
  }
  const write = (id: string, key: string, value: unknown) =>
    opened.stage.client.request('POST /flow_runs/{id}/input', { params: { id }, body: { key, value: JSON.stringify(value) } });

  test('that asks something shows it, with a form as soon as the run has written one, and says at the field what the server refuses', async () => {
    const id = await pause('needs-approval', KEYS);
    await opened.open(`/runs/${id}`);
    await shows(card(), 'It has not yet said what it asks');
    await write(id, KEYS.description, '## May it go on?\n[bad](javascript:alert(1)) <b>raw</b> and **bold**');
    await write(id, KEYS.schema, SCHEMA);
    await shows(card(), 'Rows at once.');
    expect(await main().getByRole('button', { name: 'Resume', exact: true }).count()).toBe(1);
    await field('Batch').fill('0');
    await field('Why').fill('it is right');
    await shows(card().getByRole('alert'), 'must be 1 or more');
    await card().getByRole('button', { name: 'Resume' }).click();
    await shows(card().getByRole('alert'), 'batch must be >= 1');
    await opened.page.reload();
    await shows(card().getByRole('heading', { name: 'May it go on?' }), 'May');
    await shows(card().locator('strong'), 'bold');
    await shows(card(), '<b>raw</b>');
    expect(await card().locator('a').count()).toBe(0);
    await card().getByLabel('Approve').check();
    await field('Batch').fill('500');
    await card().getByRole('button', { name: 'Resume' }).click();
    await card().waitFor({ state: 'detached' });
    await shows(main(), 'Running');
    const [answer] = await opened.stage.client.request('POST /flow_runs/{id}/input/filter', { params: { id }, body: { prefix: KEYS.response } });
    expect(JSON.parse(answer?.value ?? '')).toEqual({ approve: true, batch: 500 });
  });

  test('that asks nothing is resumed by a button', async () => {
    const id = await pause('only-paused');
    await opened.open(`/runs/${id}`);
    await main().getByRole('button', { name: 'Resume', exact: true }).click();
    await opened.page.getByRole('dialog').getByRole('button', { name: 'Resume', exact: true }).click();
    await shows(main(), 'Running');
    expect(await card().count()).toBe(0);
  });
});
