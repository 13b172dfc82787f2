import { describe, expect, test } from 'vitest';
import { whyNoBrowser } from '../support/dashboard/open-browser.ts';
import { shows } from '../support/dashboard/open-page.ts';
import { POOL } from '../support/dashboard/stage.ts';
import { useDashboard } from '../support/dashboard/use-dashboard.ts';

describe.skipIf(whyNoBrowser())('work pools, workers and limits', () => {
  const opened = useDashboard({ refusals: [409] });
  const { main, dialog, press, field } = opened;

  const button = (name: string) => main().getByRole('button', { name, exact: true });
  const remove = (id: string) => opened.stage.client.request('DELETE /flow_runs/{id}', { params: { id } });

  test('runs that nobody takes are seen, with the command that starts a worker', async () => {
    const { id, name } = await opened.stage.createRun('main-etl-job', {});
    await opened.open('/work-pools');
    await shows(main().getByRole('note'), '1 run waits, and no worker of default-pool is online');
    await shows(main().getByRole('note'), `npx sluice worker start --pool ${POOL}`);
    await shows(main().getByRole('list', { name: 'Who waits' }), name);
    const worker = await opened.stage.startWorker('first-worker');
    await main().getByRole('note').waitFor({ state: 'detached' });
    const held = await worker.claim();
    await held.propose('RUNNING');
    await main().getByRole('link', { name: POOL, exact: true }).click();
    await shows(main().getByRole('table', { name: 'Workers' }), 'first-worker');
    await shows(main().getByRole('table', { name: 'Workers' }), name);
    await main().getByRole('link', { name: 'first-worker', exact: true }).first().click();
    await shows(opened.page.locator('h1'), 'first-worker');
    await shows(main(), 'version; the server is');
    await shows(main(), '0.0.1');
    await shows(opened.row(id), 'Running');
    await held.propose('COMPLETED');
    await shows(opened.row(id), 'Completed');
  });

  test('the page of a pool draws what waited and for how long, and asks for little', async () => {
    const asked: string[] = [];
    const note = (request: { url(): string }) => request.url().includes('/api/') && asked.push(request.url());
    opened.page.on('request', note);
    await opened.open(`/work-pools/${POOL}`);
    await main()
      .getByRole('img', { name: /At most 1 runs? waited at once; they waited up to/ })
      .waitFor();
    await main().getByRole('row').filter({ hasText: 'main-etl-job-deployment' }).first().waitFor();
    opened.page.off('request', note);
    expect(asked.length, asked.join('\n')).toBeLessThanOrEqual(6);
    await button('Day').click();
    await main()
      .getByRole('img', { name: /At most 1/ })
      .waitFor();
    expect(opened.page.url()).toContain('over=day');
  });

  test('a queue is made, changed and paused, and says so', async () => {
    await opened.open(`/work-pools/${POOL}`);
    await button('New queue').click();
    await field('Name').fill('night');
    await field('Priority').fill('7');
    await shows(dialog().locator('code').first(), 'npx sluice work-queue create night --pool default-pool --priority 7');
    await press('Create');
    const queues = main().getByRole('table', { name: 'Queues' });
    const night = queues.getByRole('row').filter({ hasText: 'night' });
    await shows(night, '7');
    await button('Pause night').click();
    await press('Pause');
    await shows(night, 'paused');
    await button('Edit night').click();
    await field('Most active runs').fill('2');
    await shows(dialog().locator('code').first(), 'npx sluice work-queue update night --pool default-pool --limit 2');
    await press('Save');
    await shows(night, '0 of 2');
    await button('Delete night').click();
    await press('Delete');
    await night.waitFor({ state: 'detached' });
  });

  test('a limit shows who holds it and who waits; of two who edit it the second is told', async () => {
    const [first, second] = [await opened.stage.createRun('main-etl-job', { n: 1 }), await opened.stage.createRun('main-etl-job', { n: 2 })];
    const body = { concurrency_limit: 1 };
    await opened.stage.client.request('PATCH /work_pools/{name}', { params: { name: POOL }, body });
    const worker = await opened.stage.startWorker('holder', 2);
    const held = await worker.claim();
    await opened.open('/concurrency');
    const row = main().locator(`[data-limit="${POOL}"]`);
    await shows(row, '1 of 1, 1 waits');
    const holder = row.getByRole('list', { name: '1 of 1 slots are taken' }).getByRole('link', { name: 'n=1' });
    expect(await holder.getAttribute('title')).toContain(first.name);
    await shows(row.getByRole('list', { name: 'Who waits' }), second.name);
    await held.propose('RUNNING');
    await held.propose('COMPLETED');
    await opened.stage.client.request('PATCH /work_pools/{name}', { params: { name: POOL }, body: { concurrency_limit: null } });
    await row.waitFor({ state: 'detached' });

    await button('Edit tag:database').click();
    await field('Slots').fill('5');
    const params = { id_or_name: 'tag:database' };
    await opened.stage.client.request('PATCH /v2/concurrency_limits/{id_or_name}', { params, body: { limit: 4 } });
    await press('Save');
    await shows(dialog().getByRole('alert'), 'was changed by somebody else');
    await shows(dialog().getByRole('alert'), 'limit is 4 now');
    await press('Save');
    await shows(main().locator('[data-limit="database"]'), '0 of 5');
    for (const { id } of [first, second]) await remove(id);
  });

  test('a limit of a tag is made, with its command, and a name that is taken is refused in the server’s words', async () => {
    await opened.open('/concurrency');
    await button('New limit').click();
    await field('Tag').fill('database');
    await press('Create');
    await shows(dialog().getByRole('alert'), 'exists already');
    await field('Tag').fill('files');
    await field('Slots').fill('2');
    await shows(dialog().locator('code').first(), 'npx sluice concurrency-limit create files 2');
    await press('Create');
    await shows(main().locator('[data-limit="files"]'), '0 of 2');
    await button('Delete tag:files').click();
    await press('Delete');
    await main().locator('[data-limit="files"]').waitFor({ state: 'detached' });
  });
});
