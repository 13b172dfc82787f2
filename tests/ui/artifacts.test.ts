import { beforeAll, describe, expect, test } from 'vitest';
import { whyNoBrowser } from '../support/dashboard/open-browser.ts';
import { shows } from '../support/dashboard/open-page.ts';
import { useDashboard } from '../support/dashboard/use-dashboard.ts';

const REPORT =
  '# Load of the night\n\nAll **20 tables**, see [the docs](https://example.com). [bad](javascript:alert(1)) <img src=x onerror=alert(1)>';

describe.skipIf(whyNoBrowser())('artifacts', () => {
  const opened = useDashboard();
  const { main } = opened;
  let run: { id: string; name: string };

  beforeAll(async () => {
    run = await opened.stage.createRun('main-etl-job', {});
  });

  const card = (text: string) => main().locator('section').filter({ hasText: text }).first();
  const make = (body: { key?: string; type: string; data: unknown; description?: string }) =>
    opened.stage.client.request('POST /artifacts/', { body: { ...body, flow_run_id: run.id } as never });

  test('those of a run stand on its page by their types: text, table, link, picture, progress, and results do not', async () => {
    await opened.open(`/runs/${run.id}?tab=artifacts`);
    await shows(main(), 'It has made no artifact');
    await make({ key: 'night-report', type: 'markdown', data: REPORT, description: 'What was *done*.' });
    await make({ key: 'counts', type: 'table', data: JSON.stringify([{ table: 'orders', rows: 12, ok: true }]) });
    await make({ key: 'docs', type: 'markdown', data: '[the manual](https://example.com/manual)' });
    await make({ key: 'sign', type: 'image', data: new URL('/favicon.svg', opened.server.url).href });
    await make({ key: 'chart', type: 'image', data: 'https://example.com/chart.png' });
    const { id } = await make({ key: 'load', type: 'progress', data: 40 });
    await make({ type: 'result', data: { secret: 'a result' } });
    await shows(card('Load of the night').getByRole('heading', { name: 'Load of the night' }), 'Load');
    await shows(card('counts').locator('td').nth(1), '12');
    await main().getByRole('link', { name: 'the manual' }).waitFor();
    expect(await main().getByRole('link', { name: 'the manual' }).getAttribute('rel')).toBe('noreferrer');
    await main().locator('img[src$="favicon.svg"]').waitFor();
    await main().getByRole('link', { name: 'https://example.com/chart.png' }).waitFor();
    await shows(card('load').locator('progress + span'), '40 %');
    await opened.stage.client.request('PATCH /artifacts/{id}', { params: { id }, body: { data: 75 } });
    await shows(card('load').locator('progress + span'), '75 %');
    await shows(card('Load of the night'), 'onerror=alert(1)');
    expect(await main().locator('img').count()).toBe(1);
    expect(await main().locator('a[href^="javascript"]').count()).toBe(0);
    expect(await main().textContent()).not.toContain('a result');
  });

  test('the list has the newest of each key, and the page of a key those before too', async () => {
    await make({ key: 'night-report', type: 'markdown', data: 'The second one.' });
    await opened.open('/artifacts');
    const row = main().getByRole('row').filter({ hasText: 'night-report' });
    await shows(row, 'The second one.');
    await main().getByRole('searchbox').fill('no such key');
    await shows(main(), 'No artifact has such a key');
    await main().getByRole('searchbox').fill('night');
    await row.getByRole('link', { name: 'night-report' }).click();
    await shows(opened.page.locator('h1'), 'night-report');
    await shows(main().locator('section').first(), 'The second one.');
    await shows(main().locator('section').nth(1), 'Load of the night');
    await main().getByRole('link', { name: 'its run' }).first().click();
    await shows(opened.page.locator('h1'), run.name);
    await opened.page.goBack();
  });

  test('one is deleted, and the one before it is the newest', async () => {
    await main().getByRole('button', { name: 'Delete this artifact of night-report' }).first().click();
    await opened.page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await card('The second one.').waitFor({ state: 'detached' });
    await opened.open('/artifacts');
    await shows(main().getByRole('row').filter({ hasText: 'night-report' }), 'Load of the night');
  });
});
