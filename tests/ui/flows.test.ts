import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { whyNoBrowser } from './open-browser.ts';
import { type OpenPage, openPage, shows } from './open-page.ts';

const missing = whyNoBrowser();

describe.skipIf(missing)('a flow', () => {
  let opened: OpenPage;
  let { stage, page, complaints } = {} as OpenPage;

  beforeAll(async () => {
    opened = await openPage();
    ({ stage, page, complaints } = opened);
  });
  afterAll(() => opened?.close());
  afterEach(() => expect(complaints.splice(0)).toEqual([]));

  test('is listed with its newest run, and shows what each task did in each of its last runs', async () => {
    const [left, right] = [await stage.startWorker('left'), await stage.startWorker('right')];
    const [first, second] = [await stage.createRun('main-etl-job', { n: 1 }), await stage.createRun('main-etl-job', { n: 2 })];
    const [one, two] = [await left.claim(), await right.claim()];
    await one.propose('RUNNING');
    await one.task('plan', 'RUNNING');
    await one.task('plan', 'COMPLETED');
    await one.propose('COMPLETED');
    await two.propose('RUNNING');
    await two.task('plan', 'RUNNING');
    await two.task('plan', 'FAILED', 'no such table');

    await opened.open('/flows');
    const row = opened.row(first.flow_id);
    await shows(row, 'main-etl-job');
    await shows(row, 'Running');
    await two.propose('FAILED');
    await shows(row, 'Failed');
    await row.getByRole('link', { name: 'main-etl-job' }).click();
    await page.getByLabel(`plan in ${one.run.name}: Completed`).waitFor();
    await page.getByLabel(`plan in ${two.run.name}: Failed`).waitFor();
    await shows(page.locator('main'), '50 %');
    await page.getByLabel(`${two.run.name}: Failed`).first().click();
    await shows(page.locator('h1'), two.run.name);
    for (const { id } of [first, second]) await stage.client.request('DELETE /flow_runs/{id}', { params: { id } });
  });
});
