import { describe, test } from 'vitest';
import { whyNoBrowser } from '../support/dashboard/open-browser.ts';
import { shows } from '../support/dashboard/open-page.ts';
import { useDashboard } from '../support/dashboard/use-dashboard.ts';

describe.skipIf(whyNoBrowser())('a flow', () => {
  const opened = useDashboard();

  test('is listed with its newest run, and shows what each task did in each of its last runs', async () => {
    const [left, right] = [await opened.stage.startWorker('left'), await opened.stage.startWorker('right')];
    const [first, second] = [await opened.stage.createRun('main-etl-job', { n: 1 }), await opened.stage.createRun('main-etl-job', { n: 2 })];
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
    await opened.page.getByLabel(`plan in ${one.run.name}: Completed`).waitFor();
    await opened.page.getByLabel(`plan in ${two.run.name}: Failed`).waitFor();
    await shows(opened.page.locator('main'), '50 %');
    await opened.page.getByLabel(`${two.run.name}: Failed`).first().click();
    await shows(opened.page.locator('h1'), two.run.name);
    for (const { id } of [first, second]) await opened.stage.client.request('DELETE /flow_runs/{id}', { params: { id } });
  });
});
