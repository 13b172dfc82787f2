import { startTestServer } from '@sluice/server/testing';
import { pagesFolder } from '@sluice/ui';
import { describe, expect, inject, test } from 'vitest';
import { whyNoBrowser } from '../support/dashboard/open-browser.ts';
import { shows } from '../support/dashboard/open-page.ts';
import { useDashboard } from '../support/dashboard/use-dashboard.ts';

const EVIL = '<img src=x onerror="document.title=\'broken\'"><b>bold</b>';

const missing = whyNoBrowser();
if (missing) console.warn(missing);

describe.skipIf(missing)('every page', () => {
  const opened = useDashboard();
  const { open, row } = opened;

  test('a run appears with its state and its worker, and each new state without a reload', async () => {
    await open('/runs');
    const worker = await opened.stage.startWorker('fresh');
    const { id } = await opened.stage.createRun('process-table-etl', { table: 'public.orders' });
    await shows(row(id), 'Scheduled');
    await shows(row(id), 'public.orders');
    const held = await worker.claim();
    await shows(row(id), 'fresh');
    await held.propose('RUNNING');
    await shows(row(id), 'Running');
    await held.propose('FAILED', 'permission denied for table cities');
    await shows(row(id), 'Failed');
    await shows(row(id), 'permission denied for table cities');
  });

  test('a filter stands in the address, and holds when it is opened again', async () => {
    const main = await opened.stage.createRun('main-etl-job', {}, { name: 'a-filtered-one' });
    const other = await opened.stage.createRun('process-table-etl', { table: 3 });
    await open('/runs');
    await row(other.id).waitFor();
    await opened.page.getByRole('button', { name: 'Queued' }).click();
    await opened.page.getByRole('searchbox').fill('filtered');
    await row(other.id).waitFor({ state: 'detached' });
    await row(main.id).waitFor();
    expect(new URL(opened.page.url()).search).toBe('?state=queued&name=filtered');
    await opened.page.reload();
    await row(main.id).waitFor();
    expect(await row(other.id).count()).toBe(0);
    for (const { id } of [main, other]) await opened.stage.client.request('DELETE /flow_runs/{id}', { params: { id } });
  });

  test('what means nothing in an address is named and left out', async () => {
    const { id } = await opened.stage.createRun('main-etl-job', {});
    await open('/runs?state=runing&flow=1&color=red');
    await shows(opened.page.getByRole('note'), '“state=runing”, “flow=1”, “color=red”');
    await row(id).waitFor();
    await open('/nothing/here');
    await shows(opened.page.locator('main'), 'Nothing has this address');
    await opened.stage.client.request('DELETE /flow_runs/{id}', { params: { id } });
  });

  test('by keyboard alone one goes to a page, into its search, and to a run', async () => {
    const { id, name } = await opened.stage.createRun('process-table-etl', {}, { name: 'by-keyboard' });
    await open();
    await opened.page.keyboard.press('g');
    await opened.page.keyboard.press('r');
    await opened.page.waitForURL('**/runs');
    await row(id).waitFor();
    await opened.page.keyboard.press('/');
    await opened.page.locator('input[type="search"]:focus').waitFor();
    await opened.page.locator('h1').click();
    await opened.page.evaluate('document.activeElement.blur()');
    await opened.page.keyboard.press('j');
    await row(id).locator('a:focus').waitFor();
    await opened.page.keyboard.press('Enter');
    await shows(opened.page.locator('h1'), name);
    await opened.page.keyboard.press('?');
    await shows(opened.page.getByRole('dialog'), 'Next and previous row');
    await opened.page.keyboard.press('Escape');
    await opened.page.keyboard.press('ControlOrMeta+k');
    await opened.page.getByRole('combobox').fill('by-keyb');
    await shows(opened.page.getByRole('option'), 'by-keyboard');
    await opened.page.keyboard.press('Escape');
    await opened.page.goto('about:blank');
    await opened.stage.client.request('DELETE /flow_runs/{id}', { params: { id } });
  });

  test('the search finds what runs and people have made too, and goes there', async () => {
    const { client } = opened.stage;
    const { id } = await client.request('POST /variables/', { body: { name: 'findable_variable', value: 5 } });
    await client.request('POST /artifacts/', { body: { key: 'findable-report', type: 'markdown', data: 'Found.' } });
    await client.request('POST /artifacts/', { body: { key: 'findable-result', type: 'result', data: 5 } });
    const trigger = { type: 'event', posture: 'Reactive', expect: ['load.failed'] };
    await client.request('POST /automations/', { body: { name: 'findable-automation', trigger, actions: [{ type: 'cancel-flow-run' }] } as never });
    await client.request('POST /block_types/install_system_block_types');
    const type = await client.request('GET /block_types/slug/{slug}', { params: { slug: 'secret' } });
    const [schema] = await client.request('POST /block_schemas/filter', {
      body: { block_schemas: { block_type_id: { any_: [type.id] } }, limit: 1 },
    });
    await client.request('POST /block_documents/', {
      body: { name: 'findable-secret', block_type_id: type.id, block_schema_id: schema?.id ?? '', data: { value: 'hush' } },
    });
    await open();
    for (const [name, kind, heading] of [
      ['findable-automation', 'Automation', 'findable-automation'],
      ['findable-report', 'Artifact', 'findable-report'],
      ['findable-secret', 'Secret', 'findable-secret'],
      ['findable_variable', 'Variable', 'Variables'],
    ] as const) {
      await opened.page.keyboard.press('ControlOrMeta+k');
      await opened.page.getByRole('combobox').fill('findable');
      expect(await opened.page.getByRole('option').filter({ hasText: 'findable-result' }).count()).toBe(0);
      await shows(opened.page.getByRole('option').filter({ hasText: name }), kind);
      await opened.page.getByRole('option').filter({ hasText: name }).click();
      await shows(opened.page.locator('h1'), heading);
    }
    await shows(opened.page.getByRole('dialog').locator('h2'), 'Change variable findable_variable');
    expect(opened.page.url()).toContain(`/variables?edit=${id}`);
  });

  test('how long runs took is drawn over the time of their start, and a point is a link to its run', async () => {
    const worker = await opened.stage.startWorker('w-took');
    for (const table of ['public.a', 'public.b']) {
      await opened.stage.createRun('process-table-etl', { table });
      const held = await worker.claim();
      await held.propose('RUNNING');
      await held.propose('COMPLETED');
    }
    await opened.open('/runs');
    const picture = opened.page.getByRole('img', { name: /^How long \d+ runs took, by their start: from / });
    const plot = picture.locator('.u-over');
    const box = await plot.boundingBox();
    if (!box) throw new Error('The picture has no place.');
    let title = '';
    // The last one stands at the right edge, as high as it took long.
    for (let x = box.x + box.width; !title && x > box.x; x -= 9)
      for (let y = box.y; !title && y < box.y + box.height; y += 12) {
        await opened.page.mouse.move(x, y);
        title = (await plot.getAttribute('title')) ?? '';
      }
    await opened.page.mouse.down();
    await opened.page.mouse.up();
    await shows(opened.page.locator('h1'), title.split(':')[0] as string);
  });

  test('text of runs stays text', async () => {
    const worker = await opened.stage.startWorker('<i>worker</i>');
    const { id } = await opened.stage.createRun('process-table-etl', { table: EVIL }, { name: EVIL });
    const held = await worker.claim();
    await held.propose('FAILED', EVIL);
    await open('/runs');
    await shows(row(id), '<b>bold</b>');
    expect(await opened.page.locator('main b, main i, main img').count()).toBe(0);
    expect(await opened.page.title()).not.toBe('broken');
  });

  test('a page of another origin frames nothing and no script runs that the server did not send', async () => {
    const { headers } = await fetch(new URL('/', opened.server.url));
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    );
    const deep = await fetch(new URL('/runs/of-somebody', opened.server.url), { headers: { accept: 'text/html' } });
    expect(deep.headers.get('content-security-policy')).toBe(headers.get('content-security-policy'));
    await opened.page.evaluate(`{
      const script = document.createElement('script');
      script.textContent = 'document.body.className = "injected"';
      document.body.append(script);
    }`);
    expect(await opened.page.locator('body.injected').count()).toBe(0);
    expect(opened.complaints.splice(0)).toEqual([expect.stringContaining('Content Security Policy')]);
  });

  test('while nobody looks nothing is asked, and what was missed is there afterwards', async () => {
    await open('/runs');
    const hide = (hidden: boolean) =>
      opened.page.evaluate(`Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));`);
    await hide(true);
    await shows(opened.page.locator('#live'), 'paused');
    const asked: string[] = [];
    opened.page.on('request', (request) => asked.push(request.url()));
    const { id } = await opened.stage.createRun('main-etl-job', {}, { name: 'unseen' });
    expect(asked).toEqual([]);
    await hide(false);
    await shows(row(id), 'unseen');
    await opened.stage.client.request('DELETE /flow_runs/{id}', { params: { id } });
  });

  test('it fits a phone, in the dark too', async () => {
    const { id } = await opened.stage.createRun('process-table-etl', { table: 'a-table-with-a-rather-long-name-that-goes-on-and-on' });
    await opened.page.setViewportSize({ width: 380, height: 800 });
    await opened.page.emulateMedia({ colorScheme: 'dark' });
    await open('/runs');
    await row(id).waitFor();
    expect(await opened.page.evaluate('document.documentElement.scrollWidth')).toBe(380);
    expect(await opened.page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(13, 18, 24)');
    await opened.page.setViewportSize({ width: 1360, height: 860 });
    await opened.page.emulateMedia({ colorScheme: null });
  });

  test('a server with a key asks for it, and the page says when the server is away', async () => {
    const locked = await startTestServer(inject('postgres'), { api_key: 'open-sesame' }, { pages: await pagesFolder() });
    const tab = await opened.browser.newPage();
    await tab.goto(new URL('/runs', locked.url).href);
    const form = tab.locator('form');
    await form.locator('input').fill('a wrong one');
    await tab.keyboard.press('Enter');
    await shows(form, 'does not know this key');
    await form.locator('input').fill('open-sesame');
    await tab.keyboard.press('Enter');
    await shows(tab.locator('#live'), 'live');
    await shows(tab.locator('main'), 'No run yet');
    await tab.reload();
    await shows(tab.locator('main'), 'No run yet');
    expect(tab.url()).not.toContain('open-sesame');
    expect(await tab.evaluate('JSON.stringify(localStorage)')).not.toContain('open-sesame');
    expect(await form.count()).toBe(0);
    await locked.stop();
    await shows(tab.locator('#live'), 'reconnecting');
    await tab.close();
  });

  test('a server with a user and a password asks for these alone, and any letters do', async () => {
    await using locked = await startTestServer(inject('postgres'), { auth_string: 'ada:pass: wörd' }, { pages: await pagesFolder() });
    const tab = await opened.browser.newPage();
    await tab.goto(new URL('/runs', locked.url).href);
    const form = tab.locator('form');
    await shows(tab.locator('main'), 'This server asks for a user and a password');
    expect(await form.getByRole('button').allTextContents()).toEqual(['Sign in']);
    await form.getByLabel('User').fill('ada');
    await form.getByLabel('Password').fill('pass: word');
    await tab.keyboard.press('Enter');
    await shows(form.getByRole('alert'), 'does not know this user and password');
    expect(await form.getByLabel('User').inputValue()).toBe('ada');
    await form.getByLabel('Password').fill('pass: wörd');
    await tab.keyboard.press('Enter');
    await shows(tab.locator('#live'), 'live');
    await shows(tab.locator('main'), 'No run yet');
    await tab.close();
  });
});
