import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { whyNoBrowser } from '../support/dashboard/open-browser.ts';
import { shows } from '../support/dashboard/open-page.ts';
import { useDashboard } from '../support/dashboard/use-dashboard.ts';

const MOST_REQUESTS = 6;
const MOST_BYTES = 250_000;

describe.skipIf(whyNoBrowser())('the first page', () => {
  const opened = useDashboard();

  test('is six requests, the stream and its answer with them, and its code is small', async () => {
    const tab = await (await opened.browser.newContext()).newPage();
    const asked: string[] = [];
    const code: Promise<Buffer>[] = [];
    tab.on('request', (request) => asked.push(request.url()));
    tab.on('response', (response) => response.url().endsWith('.js') && code.push(response.body()));
    await tab.goto(new URL('/', opened.server.url).href);
    await shows(tab.locator('#live'), 'live');
    await shows(tab.locator('main'), 'No run yet');
    expect(asked.length, asked.join('\n')).toBeLessThanOrEqual(MOST_REQUESTS);
    const sizes = (await Promise.all(code)).map((script) => gzipSync(script).length);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(MOST_BYTES);
  });

  test('asks for what it shows while its code is on its way, once, and opens one stream', async () => {
    const { id, name } = await opened.stage.createRun('main-etl-job', {});
    const path = `/api/flow_runs/${id}`;
    for (const [address, own, shown] of [
      [`/runs/${id}`, [path, `${path}/trace`, `${path}/wait_reason`], 'treeitem'],
      [`/boards/${id}`, [`${path}/board`], 'img'],
    ] as const) {
      const tab = await (await opened.browser.newContext()).newPage();
      const asked: string[] = [];
      tab.on('request', (request) => asked.push(new URL(request.url()).pathname));
      // The code of the page comes when its first question has been asked, and never before.
      await tab.route(/\/assets\/(?!index-).*\.js$/, async (route) => {
        if (!asked.includes(own[0])) await tab.waitForRequest((request) => request.url().endsWith(own[0]));
        await route.continue();
      });
      await tab.goto(new URL(address, opened.server.url).href);
      await shows(tab.locator('h1'), name);
      await tab.getByRole(shown).first().waitFor();
      await shows(tab.locator('#live'), 'live');
      expect(asked.filter((each) => each.startsWith(path) && own.includes(each as never)).sort()).toEqual([...own].sort());
      expect(asked.filter((each) => each === '/api/events/stream')).toHaveLength(1);
      // That of all pages, what some of them share, and its own.
      expect(asked.filter((each) => each.endsWith('.js'))).toHaveLength(3);
      await tab.context().close();
    }
  });
});
