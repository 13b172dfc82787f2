import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { seconds } from '../support/patience.ts';
import { openBrowser, whyNoBrowser } from './open-browser.ts';
import { type OpenTab, openTab, shows } from './open-tab.ts';
import { KEY, type WalkHome, walkHome } from './walk-home.ts';

/* One walk through the dashboard on a real run of the ETL: each station goes on where the one before it has ended. */

/** A run of small tables, each as long as its reader, its worker and the browser take on two processors. */
const LONG = seconds(90);

describe.skipIf(whyNoBrowser())('a person who runs the ETL in the browser', () => {
  let etl: WalkHome;
  let browser: Browser;
  let tab: OpenTab;
  let { page } = {} as OpenTab;

  beforeAll(async () => {
    [etl, browser] = await Promise.all([walkHome(), openBrowser()]);
    tab = await openTab(browser, etl.url);
    ({ page } = tab);
  }, seconds(180));
  afterAll(async () => {
    await browser?.close();
    await etl?.close();
  }, seconds(60));
  afterEach(() => expect(tab.complaints.splice(0)).toEqual([]));

  const dialog = () => page.getByRole('dialog');
  const field = (name: string) => dialog().getByLabel(name, { exact: true });
  const goTo = (title: string) => page.getByRole('navigation').getByRole('link', { name: title }).click();
  const rowOf = (text: string) => page.locator('main tr[data-row]').filter({ hasText: text });

  test('is asked for a key, told that a wrong one is wrong, and let in with the right one', async () => {
    await page.goto(etl.url);
    await page.getByLabel('Key').fill('a wrong one');
    await page.keyboard.press('Enter');
    await shows(page.getByRole('alert'), 'does not know this key');
    await page.getByLabel('Key').fill(KEY);
    await page.keyboard.press('Enter');
    await shows(page.locator('#live'), 'live');
    for (const complaint of tab.complaints.splice(0)) expect(complaint).toContain('401');
  });

  test('starts the job by the form of its deployment, which refuses a value that cannot be', async () => {
    etl.startWorker('loader-1');
    await goTo('Deployments');
    await rowOf('main-etl-deployment').getByRole('link', { name: 'main-etl-deployment' }).click();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await field('limit').fill('0');
    await page.keyboard.press('Tab');
    await shows(dialog().getByRole('alert'), 'must be more than 0');
    await field('limit').fill('7');
    await dialog().getByRole('button', { name: 'Run', exact: true }).click();
    await page.waitForURL('**/runs/*');
  });

  test('sees on the board how tables come and go', { timeout: LONG }, async () => {
    await page.locator('main').getByRole('link', { name: 'Board' }).click();
    await page.waitForURL('**/boards/*');
    await rowOf('public.zipcodes').waitFor();
    await shows(rowOf('main-etl-job'), 'Completed');
  });
});
