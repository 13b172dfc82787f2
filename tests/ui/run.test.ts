import type { FlowRun } from '@sluice/core/model/flow-run';
import { uuidv7 } from 'uuidv7';
import { describe, expect, test } from 'vitest';
import { whyNoBrowser } from '../support/dashboard/open-browser.ts';
import { shows } from '../support/dashboard/open-page.ts';
import { useDashboard } from '../support/dashboard/use-dashboard.ts';

const EVIL = '<img src=x onerror="document.title=\'broken\'"><b>bold</b>';

describe.skipIf(whyNoBrowser())('the page of a run', () => {
  const opened = useDashboard();

  const tab = (name: string) => opened.page.getByRole('tab', { name, exact: true }).click();
  const bar = (name: string) => opened.page.getByRole('treeitem').filter({ hasText: name });

  /** A run of no worker, with a state of its own. */
  async function makeRun(name: string, more: object = {}): Promise<FlowRun> {
    const flow = await opened.stage.client.request('POST /flows/', { body: { name: 'by-hand' } });
    return opened.stage.client.request('POST /flow_runs/', { body: { flow_id: flow.id, name, state: { type: 'RUNNING' }, ...more } });
  }
  async function callTask(flow_run_id: string, name: string, task_key: string, type: 'COMPLETED' | 'FAILED' = 'COMPLETED'): Promise<string> {
    const task_run = { id: uuidv7(), name, flow_run_id, task_key, dynamic_key: name };
    const { task_run_id: id } = await opened.stage.client.request('POST /task_runs/step', { body: { task_run, state: { type: 'RUNNING' } } });
    const data = { type: 'sluice/v1', value: 1 };
    await opened.stage.client.request('POST /task_runs/{id}/set_state', {
      params: { id },
      body: { state: { type, ...(type === 'COMPLETED' && { data }) } },
    });
    return id;
  }

  test('it says why a run waits and what to do, follows its states, and so does the browser’s tab', async () => {
    const { id, name } = await opened.stage.createRun('process-table-etl', { table: 'public.orders' }, { name: 'waiting-run' });
    await opened.open(`/runs/${id}`);
    await shows(opened.page.locator('h1'), name);
    await shows(opened.page.getByRole('status'), 'No worker of default-pool is online.');
    await shows(opened.page.getByRole('status'), 'sluice worker start --pool default-pool');
    expect(await opened.page.locator('link[rel="icon"]').getAttribute('href')).toBe('/states/queued.svg');
    const worker = await opened.stage.startWorker('w-run');
    const held = await worker.claim();
    await held.propose('RUNNING');
    await shows(opened.page.locator('header'), 'w-run');
    await opened.page.waitForFunction("document.title.startsWith('Running: waiting-run')");
    await held.propose('FAILED', 'permission denied for table orders');
    await shows(opened.page.getByRole('status'), 'permission denied for table orders');
    expect(await opened.page.title()).toMatch(/^Failed: waiting-run/);
    expect(await opened.page.locator('link[rel="icon"]').getAttribute('href')).toBe('/states/failed.svg');
    await tab('States');
    await shows(opened.page.getByRole('table', { name: 'States' }), 'permission denied');
    expect(await opened.page.getByRole('table', { name: 'States' }).locator('tbody tr').count()).toBe(4);
  });

  test('its trace grows as tasks and flow runs are started, and keys go through it', async () => {
    const worker = await opened.stage.startWorker('w-trace', 3);
    const { id } = await opened.stage.createRun('main-etl-job', {}, { name: 'a-parent' });
    const parent = await worker.claim();
    await parent.propose('RUNNING');
    await opened.open(`/runs/${id}`);
    await bar('a-parent').waitFor();
    await parent.task('plan-job', 'RUNNING');
    await bar('plan-job').waitFor();
    await parent.task('plan-job', 'FAILED', 'the source is away');
    const child = await opened.stage.createRun('process-table-etl', { table: 'public.cities' }, { parent });
    await bar('public.cities').waitFor();
    const heldChild = await worker.claim();
    await heldChild.propose('RUNNING');
    await heldChild.task('extract', 'RUNNING');

    await opened.page.getByRole('tree').focus();
    for (let step = 0; step < 3; step++) await opened.page.keyboard.press('ArrowDown');
    await opened.page.locator('[role="treeitem"][aria-selected="true"]').filter({ hasText: 'public.cities' }).waitFor();
    expect(new URL(opened.page.url()).searchParams.get('bar')).toBe(child.id);
    await opened.page.keyboard.press('ArrowRight');
    await bar('extract').waitFor();
    await opened.page.keyboard.press('w');
    await bar('extract').waitFor({ state: 'detached' });

    await bar('plan-job').click();
    await shows(opened.page.getByRole('list', { name: 'States' }), 'the source is away');
    await opened.page.getByRole('button', { name: 'Errors only' }).click();
    await bar('public.cities').waitFor({ state: 'detached' });
    await bar('plan-job').waitFor();
    await tab('Children');
    await shows(opened.page.getByRole('table', { name: 'Child runs' }), child.name);
    await parent.propose('COMPLETED');
  });

  test('many calls of one task are one row in segments, and the table has each', async () => {
    const { id } = await makeRun('a-fan-out');
    // Beside its name a bar says how long it took: load-1 in 23 ms has the text of load-12.
    const call = (name: string) => opened.page.getByRole('treeitem').filter({ has: opened.page.getByText(name, { exact: true }) });
    for (let index = 0; index < 32; index++) await callTask(id, `load-${index}`, 'load-part', index === 5 ? 'FAILED' : 'COMPLETED');
    await opened.open(`/runs/${id}`);
    await shows(bar('load-part'), '× 32');
    await opened.page.getByTitle('1 failed').waitFor();
    expect(await opened.page.getByRole('treeitem').count()).toBe(2);
    await bar('load-part').click();
    await call('load-12').waitFor();
    await opened.page.getByRole('searchbox', { name: 'Search the trace' }).fill('load-31');
    await call('load-12').waitFor({ state: 'detached' });
    await call('load-31').waitFor();
    await tab('Task runs');
    await opened.page.getByRole('button', { name: 'Failed 1' }).click();
    await shows(opened.page.getByRole('table', { name: 'Task runs' }), 'load-5');
    expect(await opened.page.getByRole('table', { name: 'Task runs' }).locator('tr[data-row]').count()).toBe(1);
  });

  test('a run is cancelled, restarted from a task and deleted; what the server refuses is said in its words', async () => {
    const run = await opened.stage.createRun('main-etl-job', {}, { name: 'acted-on' });
    const state = () => opened.stage.client.request('GET /flow_runs/{id}', { params: { id: run.id } });
    await opened.open(`/runs/${run.id}`);
    await opened.page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await shows(opened.page.getByRole('dialog'), `npx sluice flow-run cancel ${run.id}`);
    await opened.page.getByRole('button', { name: 'Cancel the run' }).click();
    await opened.page.getByRole('button', { name: 'Retry' }).waitFor();
    expect((await state()).state_type).toBe('CANCELLED');

    const task = await callTask(run.id, 'load-1', 'load').catch(() => undefined);
    expect(task).toBeUndefined(); // a run that has ended takes no new task
    const held = await makeRun('restarted', { deployment_id: run.deployment_id });
    await callTask(held.id, 'load-1', 'load');
    await callTask(held.id, 'load-2', 'load');
    await opened.open(`/runs/${held.id}?tab=tasks`);
    await opened.page.getByRole('button', { name: 'Restart from load-2' }).click();
    await shows(opened.page.getByRole('dialog'), '1 result');
    await opened.page.getByRole('button', { name: 'Restart', exact: true }).click();
    await shows(opened.page.getByRole('dialog').getByRole('alert'), 'restarted');
    await opened.page.getByRole('button', { name: 'Not now' }).click();
    await opened.stage.client.request('POST /flow_runs/{id}/set_state', { params: { id: held.id }, body: { state: { type: 'FAILED' } } });
    await opened.page.getByRole('button', { name: 'Restart from load-2' }).click();
    await opened.page.getByRole('button', { name: 'Restart', exact: true }).click();
    await shows(opened.page.locator('header'), 'AwaitingRetry');
    expect(opened.complaints.splice(0)).toEqual([expect.stringContaining('409')]);

    await opened.open(`/runs/${run.id}`);
    await opened.page.getByRole('button', { name: 'More to do' }).click();
    await opened.page.getByRole('menuitem', { name: 'Delete' }).click();
    await opened.page.getByRole('button', { name: 'Delete', exact: true }).click();
    await opened.page.waitForURL('**/runs');
    await expect(state()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a large value is folded, and text stays text', async () => {
    const { id } = await makeRun(EVIL, {
      parameters: { large: 'x'.repeat(500_000), evil: EVIL, list: Array.from({ length: 1000 }, (_, index) => index) },
    });
    const state = { type: 'COMPLETED', data: { type: 'sluice/v1', value: { rows: 17, evil: EVIL } } } as const;
    await opened.stage.client.request('POST /flow_runs/{id}/set_state', { params: { id }, body: { state } });
    await opened.open(`/runs/${id}?tab=parameters`);
    await opened.page.getByRole('button', { name: '498 kB more' }).waitFor();
    await opened.page.getByRole('button', { name: '1,000 items' }).click();
    await opened.page.getByRole('button', { name: '900 more' }).waitFor();
    await tab('Result');
    await shows(opened.page.getByRole('tabpanel'), 'rows: 17');
    expect(await opened.page.locator('main b, main img').count()).toBe(0);
    expect(await opened.page.title()).toContain('<b>bold</b>');
  });
});
