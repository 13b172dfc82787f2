import { startTestServer } from '@sluice/server/testing';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { whyNoBrowser } from './open-browser.ts';
import { type OpenPage, openPage, PAGES, shows } from './open-page.ts';
import { POOL } from './stage.ts';

const EVIL = '<img src=x onerror="document.title=\'broken\'"><b>bold</b>';

const missing = whyNoBrowser();
if (missing) console.warn(missing);

describe.skipIf(missing)('the first page', () => {
  let opened: OpenPage;
  let { server, stage, page, complaints } = {} as OpenPage;

  beforeAll(async () => {
    opened = await openPage();
    ({ server, stage, page, complaints } = opened);
  });
  afterAll(() => opened?.close());
  afterEach(() => expect(complaints.splice(0)).toEqual([]));

  const open = (view = '') => opened.open(view);
  const row = (id: string) => opened.row(id);
  const bars = (id: string) => opened.bars(id);
  const card = (worker: string) => opened.card(worker);

  test('a run appears with its state and its worker, and each new state without a reload', async () => {
    const worker = await stage.startWorker('fresh');
    const { id } = await stage.createRun('process-table-etl', { table: 'public.orders' });
    await shows(row(id), 'Scheduled');
    await shows(row(id), 'public.orders');
    const held = await worker.claim();
    await shows(row(id), 'fresh');
    await held.propose('RUNNING');
    await shows(row(id), 'Running');
    await held.progress(250_000, 1_000_000);
    await shows(card('fresh'), '250K of 1M rows');
    await held.propose('COMPLETED');
    await shows(row(id), 'Completed');
    await shows(row(id), '250,000');
    await shows(card('fresh'), 'waits for a run');
  });

  test('numbers and gauges tell what runs, what waits and why', async () => {
    const worker = await stage.startWorker('counted');
    const running = await stage.createRun('process-table-etl', { table: 1 });
    const queued = await stage.createRun('process-table-etl', { table: 2 });
    await stage.client.request('PATCH /work_pools/{name}', { params: { name: POOL }, body: { concurrency_limit: 1 } });
    const held = await worker.claim();
    expect(held.run.id).toBe(running.id);
    await held.propose('RUNNING');
    await shows(page.locator('.number', { hasText: 'Running' }), '1');
    await shows(page.locator('.number', { hasText: 'Queued' }), 'oldest');
    await shows(page.locator('.gauge', { hasText: `work pool ${POOL}` }), '1 of 1');
    await shows(page.locator('.gauge', { hasText: 'tag database' }), '0 of 3');
    await shows(row(queued.id), `waits for a slot of work pool ${POOL}`);
    await expect.poll(() => page.title()).toBe('1 running, 1 queued – Sluice');
    await held.propose('FAILED', 'permission denied for table cities');
    await shows(row(running.id), 'permission denied for table cities');
    await stage.client.request('PATCH /work_pools/{name}', { params: { name: POOL }, body: { concurrency_limit: null } });
    const next = await worker.claim();
    await next.propose('RUNNING');
    await next.propose('COMPLETED');
    await expect.poll(() => page.title()).toBe('Sluice');
  });

  test('a lane shows which worker ran what, and where a run was lost', async () => {
    const [first, second] = [await stage.startWorker('lane-1'), await stage.startWorker('lane-2')];
    const { id } = await stage.createRun('process-table-etl', { table: 'public.items' });
    const lost = await first.claim();
    await lost.propose('RUNNING');
    await bars(id).waitFor();
    await lost.propose('CRASHED', 'The process ended with signal SIGKILL.');
    await shows(row(id), 'Requeued');
    const again = await second.claim();
    await again.propose('RUNNING');
    await bars(id).nth(1).waitFor();
    await again.propose('COMPLETED');
    await page.locator(`.bar.tone-completed[data-run="${id}"]`).waitFor();
    // The page that is opened later knows of the lost attempt too.
    await page.reload();
    await bars(id).nth(1).waitFor();
    const labels = await Promise.all([0, 1].map((index) => bars(id).nth(index).getAttribute('aria-label')));
    expect(labels[0]).toMatch(/public\.items, lost, lane-1, attempt 1$/);
    expect(labels[1]).toMatch(/public\.items, Completed, lane-2, attempt 2$/);
    await bars(id).first().hover();
    await shows(page.locator('.tip'), 'lane-1');
  });

  test('a parent that waits says for how many, and its slot is free for its children', async () => {
    const worker = await stage.startWorker('lender');
    const main = await stage.createRun('main-etl-job', { verify: 'sums', sample: 1 });
    const parent = await worker.claim();
    await parent.propose('RUNNING');
    await shows(card('lender').locator('.held a'), 'main-etl-job');
    await eventually(async () => expect(await bars(main.id).getAttribute('aria-label')).toContain('main-etl-job, Running, lender'));
    expect(await bars(main.id).locator('text').textContent()).toMatch(/^(main-etl-job|m[a-z-]*…|)$/); // as much as there is room for
    const children = [
      await stage.createRun('process-table-etl', { table: 'a' }, { parent }),
      await stage.createRun('process-table-etl', { table: 'b' }, { parent }),
    ];
    await parent.lendFor(children.map(({ id }) => id));
    await shows(row(main.id), 'waits for 2 runs');
    await shows(card('lender'), '0 of 1');
    const child = await worker.claim();
    await child.propose('RUNNING');
    await shows(card('lender'), '1 of 1');
    await child.propose('COMPLETED');
    await shows(row(main.id), 'waits for 1 of 2 runs');
    const last = await worker.claim();
    await last.propose('RUNNING');
    await last.propose('COMPLETED');
    await parent.propose('COMPLETED');
    await shows(row(main.id), 'Completed');
  });

  test('the panel shows parameters, states, tasks and logs, and follows them', async () => {
    const worker = await stage.startWorker('told');
    const { id } = await stage.createRun('process-table-etl', { table: 'hr.salaries', chunk: 7 });
    const held = await worker.claim();
    await held.propose('RUNNING');
    await held.task('sql-query', 'RUNNING');
    await held.log(20, 'first line');
    await open(`?run=${id}`);
    const panel = page.locator('#panel');
    await shows(panel, '"chunk": 7');
    await shows(panel.locator('.states'), 'Claimed by told.');
    await shows(panel.locator('.tasks'), 'sql-query');
    await shows(panel.locator('.lines'), 'first line');
    await held.log(40, 'second line');
    await held.task('sql-query', 'FAILED', 'connection reset');
    await shows(panel.locator('.lines .level-error'), 'second line');
    await shows(panel.locator('.tasks'), 'connection reset');
    await held.propose('FAILED', 'connection reset by peer');
    await shows(panel.locator('.reason'), 'connection reset by peer');
  });

  test('by keyboard alone a run is opened, and the focus comes back when it is closed', async () => {
    const { id, name } = await stage.createRun('process-table-etl', {}, { name: 'by-keyboard' });
    await open();
    const link = row(id).locator('a');
    await link.focus();
    await page.keyboard.press('Enter');
    await shows(page.locator('#panel h2'), name);
    expect(new URL(page.url()).searchParams.get('run')).toBe(id);
    await page.keyboard.press('Escape');
    await page.locator('#panel').waitFor({ state: 'hidden' });
    await row(id).locator('a:focus').waitFor();
    await page.goBack();
    await page.locator('#panel').waitFor();
    // Not under the eyes of a panel: the browser would complain of a run that is gone.
    await page.goto('about:blank');
    await stage.client.request('DELETE /flow_runs/{id}', { params: { id } });
  });

  test('a filter stands in the address, and holds when it is opened again', async () => {
    const main = await stage.createRun('main-etl-job', {});
    const table = await stage.createRun('process-table-etl', { table: 3 });
    await open();
    await page.locator('#runs select').selectOption('main-etl-job');
    await page.locator('#runs .segments button', { hasText: 'Queued' }).click();
    await row(main.id).waitFor();
    await row(table.id).waitFor({ state: 'detached' });
    expect(new URL(page.url()).search).toBe('?flow=main-etl-job&state=queued');
    await page.reload();
    await row(main.id).waitFor();
    expect(await row(table.id).count()).toBe(0);
    for (const { id } of [main, table]) await stage.client.request('DELETE /flow_runs/{id}', { params: { id } });
  });

  test('text of runs, tasks and logs stays text', async () => {
    const worker = await stage.startWorker('<i>worker</i>');
    const { id } = await stage.createRun('process-table-etl', { table: EVIL }, { name: EVIL });
    const held = await worker.claim();
    await held.propose('RUNNING');
    await held.task(EVIL, 'FAILED', EVIL);
    await held.log(40, EVIL);
    await held.propose('FAILED', EVIL);
    await open(`?run=${id}`);
    await shows(page.locator('#panel .lines'), '<b>bold</b>');
    await shows(page.locator('#panel .tasks'), '<b>bold</b>');
    await shows(page.locator('#panel h2'), '<b>bold</b>');
    await shows(row(id).locator('.col-parameter'), '<b>bold</b>');
    await shows(row(id).locator('.col-note'), '<b>bold</b>');
    await bars(id).focus();
    await shows(page.locator('.tip'), '<b>bold</b>');
    expect(await page.locator('main b, main i:not([class]):not(.track i), main img, aside b, aside img').count()).toBe(0);
    expect(await page.title()).not.toBe('broken');
  });

  test('a page of another origin frames nothing and no script runs that the server did not send', async () => {
    const { headers } = await fetch(new URL('/', server.url));
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    );
    await page.evaluate(`{
      const script = document.createElement('script');
      script.textContent = 'document.body.className = "injected"';
      document.body.append(script);
    }`);
    expect(await page.locator('body.injected').count()).toBe(0);
    expect(complaints.splice(0)).toEqual([expect.stringContaining('Content Security Policy')]);
  });

  test('while nobody looks nothing is asked, and what was missed is there afterwards', async () => {
    const hide = (hidden: boolean) =>
      page.evaluate(`Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));`);
    await hide(true);
    await shows(page.locator('#chip'), 'paused');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    const { id } = await stage.createRun('main-etl-job', {}, { name: 'unseen' });
    expect(asked).toEqual([]);
    await hide(false);
    await shows(row(id), 'unseen');
    await stage.client.request('DELETE /flow_runs/{id}', { params: { id } });
  });

  test('it fits a phone, in the dark too', async () => {
    await page.setViewportSize({ width: 380, height: 800 });
    await page.emulateMedia({ colorScheme: 'dark' });
    const { id } = await stage.createRun('process-table-etl', { table: 'a-table-with-a-rather-long-name-that-goes-on-and-on' });
    await open();
    await row(id).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(380);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(13, 18, 24)');
  });

  test('a server with a key asks for it, and the page says when the server is away', async () => {
    const locked = await startTestServer(inject('postgres'), { api_key: 'open-sesame' }, { pages: PAGES });
    const tab = await opened.browser.newPage();
    const [chip, form] = [tab.locator('#chip'), tab.locator('#key form')];
    await tab.goto(new URL('/', locked.url).href);
    await shows(chip, 'key needed');
    await form.locator('input').fill('a wrong one');
    await tab.keyboard.press('Enter');
    await shows(form, 'does not know the key');
    await form.locator('input').fill('open-sesame');
    await tab.keyboard.press('Enter');
    await shows(chip, 'live');
    await shows(tab.locator('#slots'), 'No work pool yet');
    await tab.reload();
    await shows(chip, 'live');
    expect(await tab.evaluate('localStorage.length')).toBe(0);
    await locked.stop();
    await shows(chip, 'reconnecting');
    await tab.close();
  });
});
