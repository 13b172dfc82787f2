import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser, whyNoBrowser } from '../support/dashboard/open-browser.ts';
import { type OpenTab, openTab, shows } from '../support/dashboard/open-tab.ts';
import { eventually } from '../support/eventually.ts';
import { seconds } from '../support/patience.ts';
import { pointAt } from './point-at.ts';
import { type Held, KEY, PASSWORD, USER, type WalkHome, walkHome } from './walk-home.ts';

/*
 * One walk through the dashboard on a real run of the ETL: each station goes on where the one before it has ended. What has to wait
 * stands before a door that the test keeps shut, or for a slot, so that nothing here depends on how fast the machine is.
 */

/** As long as reader, worker and browser take for some small tables on two processors. */
const LONG = { timeout: seconds(90) };
/** To move the pointer over a whole board takes seconds. */
const SCANS_SECONDS = 60;

describe.skipIf(whyNoBrowser())('a person who runs the ETL in the browser', () => {
  let etl: WalkHome;
  let browser: Browser;
  let tab: OpenTab;
  let { page } = {} as OpenTab;
  let flights: Held;
  let job: string;

  beforeAll(async () => {
    [etl, browser] = await Promise.all([walkHome(), openBrowser()]);
    tab = await openTab(browser, etl.url);
    ({ page } = tab);
    flights = await etl.hold('flights');
  }, seconds(180));
  afterAll(async () => {
    await browser?.close();
    await etl?.close();
  }, seconds(90));
  afterEach(() => expect(tab.complaints.splice(0)).toEqual([]));

  const dialog = () => page.getByRole('dialog');
  const field = (name: string) => dialog().getByLabel(name, { exact: true });
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const confirm = (name: string) => dialog().getByRole('button', { name, exact: true }).click();
  const goTo = (title: string) => page.getByRole('navigation').getByRole('link', { name: title, exact: true }).click();
  const follow = (name: string) => page.locator('main').getByRole('link', { name, exact: true }).click();
  const rowOf = (text: string) => page.locator('main tr[data-row]').filter({ hasText: text });
  const pointed = (...said: readonly string[]) => eventually(() => pointAt(page, ...said), SCANS_SECONDS);
  const why = () => page.locator('main [role="status"][data-tone]');

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

  test('starts the job by the form of its deployment, which refuses in words what cannot be', async () => {
    etl.startWorker('loader-1');
    await goTo('Deployments');
    await follow('main-etl-deployment');
    await press('Run');
    await shows(dialog(), 'Take only the first so many tables.');
    await field('limit').fill('0');
    await page.keyboard.press('Tab');
    await shows(dialog().getByRole('alert'), 'must be more than 0');
    await field('limit').fill('7');
    await confirm('Run');
    await page.waitForURL('**/runs/*');
    job = new URL(page.url()).pathname.slice('/runs/'.length);
  });

  test('sees on the board which worker loads which table, and those that come', LONG, async () => {
    await follow('Board');
    await page.waitForURL('**/boards/*');
    await shows(rowOf('public.flights'), 'loader-1');
    await shows(rowOf('public.caniuse_support'), 'Scheduled');
    await pointed('public.flights', 'on loader-1');
    etl.startWorker('loader-2');
    await shows(rowOf('public.caniuse_support'), 'loader-2');
    await pointed('public.caniuse_support', 'on loader-2');
  });

  test('reads why a run waits: for a slot that another one holds, or for a worker', LONG, async () => {
    await follow('public.caniuse_support');
    await shows(why(), 'A task waits for a slot of the tag "database" (limit 1, held by task sql-query public.flights of ');
    await page.goBack();
    await follow('public.browser_support');
    await shows(why(), 'Waits for a free worker (loader-1 1/1, loader-2 1/1; 1st in line)');
  });

  test('sees that a worker was killed, and that its table goes back to the queue', LONG, async () => {
    await goTo('Workers');
    await shows(rowOf('loader-2'), 'online');
    await follow('loader-2');
    const figure = page.locator('main dl div').filter({ hasText: 'process' });
    const pid = Number(/\d+/.exec((await figure.textContent()) ?? '')?.[0]);
    process.kill(pid, 'SIGKILL');
    await shows(page.locator('h1 + div'), 'offline');
    await tab.open(`/boards/${job}`);
    await shows(rowOf('public.caniuse_support'), 'Requeued');
    await pointed('public.caniuse_support', 'lost with its process', 'on loader-2');
  });

  test('cancels one table; all others are loaded by the worker that is left, and the job says what is not done', LONG, async () => {
    await follow('public.flights');
    await press('Cancel');
    await confirm('Cancel the run');
    await shows(page.locator('h1 + div'), 'Cancelled');
    await tab.open(`/boards/${job}`);
    await shows(rowOf('public.caniuse_support').filter({ hasText: 'loader-1' }), 'Completed');
    await shows(rowOf('main-etl-job'), 'Failed');
    await follow('The run');
    await shows(why(), '1 of 9 runs are not done: public.flights (Cancelled).');
  });

  test('restarts the job from the task of that table, and everything is done', LONG, async () => {
    await flights.letGo();
    etl.startWorker('loader-2');
    await page.getByRole('tab', { name: 'Task runs' }).click();
    await press('Restart from public.flights');
    await shows(dialog(), 'child runs run again');
    await confirm('Restart');
    await shows(page.locator('h1 + div'), 'Completed');
    for (const table of ['flights', 'caniuse_support', 'browser_support', 'cities', 'fx_rates', 'admin2'])
      expect(await etl.askWarehouse(`select count(*)::integer from public.${table}`)).toEqual([[await etl.countSource(table)]]);
    await tab.open(`/boards/${job}`);
    await shows(page.locator('main dl'), '9 of ');
  });

  test('searches the log of the job and of its tables', LONG, async () => {
    await tab.open(`/runs/${job}?tab=logs`);
    await press('With child runs');
    await page.getByRole('searchbox', { name: 'Search the lines' }).fill('+extracted +zipcodes');
    await shows(page.getByRole('status', { name: 'Lines that match' }), /^1 line$/);
    const line = page.locator('[data-line]');
    await shows(line, 'extracted');
    expect(await line.count()).toBe(1);
  });

  test('mends rows of the quarantine: what can be kept is in the warehouse, the rest says why not', LONG, async () => {
    await goTo('Tables');
    await shows(rowOf('public.zipcodes'), '35');
    await follow('public.zipcodes');
    await shows(page.locator('main'), 'Quarantine: 35 rows');
    await page.getByLabel('Text of the row of line 1171').fill('99001,40.9,-72.6,Mended,NY,Suffolk');
    await page.getByLabel('Text of the row of line 3509').fill('99003,south,-72.6,Too many words,NY,Suffolk');
    await press('Load 2 mended rows');
    await confirm('Load');
    await shows(page.locator('main'), 'Quarantine: 34 rows');
    await shows(page.getByRole('row'), '"south" cannot be kept as DOUBLE');
    await shows(page.locator('main'), '42,050');
    const rows = await etl.askWarehouse(
      "select zip_code, latitude, city, (select count(*)::integer from public.zipcodes) from public.zipcodes where city in ('Mended', 'Too many words')",
    );
    expect(rows).toEqual([['99001', 40.9, 'Mended', 42_050]]);
  });

  test('loads one table again with another type, and has the rows that did not fit the old one', LONG, async () => {
    await press('Load again');
    await confirm('Another type of a column');
    await dialog().getByRole('combobox', { name: 'Column' }).selectOption('latitude');
    await dialog().getByRole('textbox', { name: 'Type' }).fill('VARCHAR');
    await confirm('Load again');
    await shows(page.locator('main'), 'Quarantine: 30 rows');
    expect(await etl.askWarehouse("select count(*)::integer, (count(*) filter (latitude = 'north'))::integer from public.zipcodes")).toEqual([
      [42_054, 5],
    ]);
  });

  test('signs in elsewhere with a user and a password, after a wrong one, and reads the same', async () => {
    const other = await openTab(browser, etl.url);
    await other.page.goto(new URL(`/runs/${job}`, etl.url).href);
    await other.page.getByRole('button', { name: 'Use a user and a password' }).click();
    await other.page.getByLabel('User').fill(USER);
    await other.page.getByLabel('Password').fill('wrong');
    await other.page.keyboard.press('Enter');
    await shows(other.page.getByRole('alert'), 'does not know this user and password');
    await other.page.getByLabel('Password').fill(PASSWORD);
    await other.page.keyboard.press('Enter');
    await shows(other.page.locator('#live'), 'live');
    await shows(other.page.locator('h1 + div'), 'Completed');
    for (const complaint of other.complaints) expect(complaint).toContain('401');
  });
});
