import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { seconds } from '../support/patience.ts';
import { whyNoBrowser } from './open-browser.ts';
import { type OpenPage, openPage, shows } from './open-page.ts';

const missing = whyNoBrowser();

const isProgress = (url: URL | string) => String(url).endsWith('/api/flow_runs/progress');

describe.skipIf(missing)('rows on the page', () => {
  let opened: OpenPage;
  let { stage, page, row } = {} as OpenPage;
  let sum: Locator;

  beforeAll(async () => {
    opened = await openPage();
    ({ stage, page, row } = opened);
    sum = page.locator('.number', { hasText: 'Rows/s' });
  });
  afterAll(() => opened?.close());
  afterEach(() => expect(opened.complaints.splice(0)).toEqual([]));

  const start = async (worker: Awaited<ReturnType<typeof stage.startWorker>>, table: string) => {
    await stage.createRun('process-table-etl', { table });
    const held = await worker.claim();
    await held.propose('RUNNING');
    return held;
  };

  test('of a table that is written after it was read are counted on, and stay in the sum of the hour when its run has ended', async () => {
    const worker = await stage.startWorker('reader');
    const held = await start(worker, 'public.flights');
    await held.progress(1_000_000, 3_000_000);
    await shows(sum, '1M in the last hour');
    await held.progress(0, 2_999_000, 'loading');
    await shows(sum, '3M in the last hour');
    await held.progress(2_999_000, 2_999_000, 'loading');
    await held.propose('COMPLETED');
    await shows(row(held.run.id), 'Completed');
    await shows(row(held.run.id), '2,999,000');
    await shows(sum, '3M in the last hour');
    await opened.open(); // a page that never saw it run
    await shows(sum, '3M in the last hour');
    await shows(row(held.run.id), '2,999,000');
  });

  test('are those of the last progress, when the run ends while an older one is on its way; known ones are not asked for again', async () => {
    const worker = await stage.startWorker('ender');
    const held = await start(worker, 'public.cities');
    await held.progress(1_000_000, 4_000_000);
    await shows(row(held.run.id), '1M');
    const late = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    await page.route(
      isProgress,
      async (route) => {
        const response = await route.fetch();
        answered.resolve();
        await late.promise;
        await route.fulfill({ response });
      },
      { times: 1 },
    );
    await answered.promise;
    await held.progress(4_000_000, 4_000_000);
    await held.propose('COMPLETED');
    await shows(row(held.run.id), 'Completed');
    late.resolve();
    await row(held.run.id)
      .filter({ hasText: '4,000,000' })
      .waitFor({ timeout: seconds(5) }); // not at the next look of a page where nothing runs
    const asked: string[] = [];
    page.on('request', (request) => isProgress(request.url()) && asked.push(request.postData() ?? ''));
    const next = await start(worker, 'public.items');
    await expect.poll(() => asked.join()).toContain(next.run.id);
    expect(asked.join()).not.toContain(held.run.id);
    await next.propose('COMPLETED');
  });
});
