import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { whyNoBrowser } from './open-browser.ts';
import { type OpenPage, openPage, shows } from './open-page.ts';

const MOST_REQUESTS = 6;
const MOST_BYTES = 250_000;

describe.skipIf(whyNoBrowser())('the first page', () => {
  let opened: OpenPage;

  beforeAll(async () => {
    opened = await openPage();
  });
  afterAll(() => opened?.close());

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
});
