import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { whyNoBrowser } from '../support/dashboard/open-browser.ts';
import { shows } from '../support/dashboard/open-page.ts';
import { useDashboard } from '../support/dashboard/use-dashboard.ts';

const EVIL = '<img src=x onerror="document.title=\'broken\'"><b>bold</b>';

describe.skipIf(whyNoBrowser())('logs', () => {
  const opened = useDashboard();
  const START = Date.now() - 600_000;

  const line = (text: string) => opened.page.locator('[data-line]').filter({ hasText: text });
  const count = (text: string) => shows(opened.page.getByRole('status', { name: 'Lines that match' }), text);

  const write = (flow_run_id: string, messages: readonly string[], { level = 20, from = START, every = 10 } = {}) =>
    opened.stage.client.request('POST /logs/', {
      body: messages.map((message, index) => ({
        name: 'flow',
        level,
        message,
        timestamp: new Date(from + index * every).toISOString(),
        flow_run_id,
      })),
    });
  const many = (size: number, word = 'line') => Array.from({ length: size }, (_, index) => `${word} ${index} of ${size}`);

  test('a run’s log opens at its end, follows what is written, and counts what comes while somebody reads above', async () => {
    const { id } = await opened.stage.createRun('main-etl-job', {}, { name: 'writes' });
    await write(id, many(500));
    await opened.open(`/runs/${id}?tab=logs`);
    await line('line 499 of').waitFor();
    await count('500 lines');
    await write(id, ['a new line'], { from: Date.now() });
    await line('a new line').waitFor();
    await count('501 lines');
    await opened.page.getByRole('button', { name: 'To the top' }).click();
    await line('line 0 of').waitFor();
    await write(id, ['unseen one', 'unseen two'], { from: Date.now() });
    await opened.page.getByRole('button', { name: '2 new lines' }).click();
    await line('unseen two').waitFor();
    expect(await opened.page.locator('[data-line]').count()).toBeLessThan(150);
  });

  test('words and levels are searched on the server, stand in the address, and the file has what is found', async () => {
    const { id } = await opened.stage.createRun('main-etl-job', {}, { name: 'searched' });
    await write(id, many(300));
    await write(id, ['could not read orders', 'could not read cities'], { level: 40, from: START + 1000 });
    await opened.open(`/runs/${id}?tab=logs`);
    await line('line 299').waitFor();
    await opened.page.getByRole('searchbox', { name: 'Search the lines' }).fill('cities');
    await count('1 line');
    await line('could not read cities').waitFor();
    expect(await opened.page.locator('[data-line]').count()).toBe(1);
    await opened.page.reload();
    await count('1 line');
    await opened.page.getByRole('searchbox', { name: 'Search the lines' }).fill('');
    await opened.page.getByRole('button', { name: 'Error', exact: true }).click();
    await count('2 lines');
    const [download] = await Promise.all([opened.page.waitForEvent('download'), opened.page.getByRole('button', { name: 'Save as a file' }).click()]);
    expect(download.suggestedFilename()).toBe('searched.log');
    expect((await readFile(await download.path(), 'utf8')).trimEnd().split('\n')).toEqual([
      expect.stringContaining('ERROR could not read orders'),
      expect.stringContaining('ERROR could not read cities'),
    ]);
  });

  test('one goes to the first error, and a link to a line opens there', async () => {
    const { id } = await opened.stage.createRun('main-etl-job', {}, { name: 'linked' });
    await write(id, many(1000));
    await write(id, ['the first fault'], { level: 40, from: START + 3005 });
    await opened.open(`/runs/${id}?tab=logs`);
    await line('line 999').waitFor();
    await opened.page.getByRole('button', { name: 'To the first error' }).click();
    await line('the first fault').locator('[data-marked]').waitFor();
    const address = opened.page.url();
    await opened.open('/runs');
    await opened.page.goto(address);
    await line('the first fault').locator('[data-marked]').waitFor();
    await line('line 300 of').waitFor();
  });

  test('colours of a terminal are shown, HTML is not, and a long line is folded', async () => {
    const { id } = await opened.stage.createRun('main-etl-job', {}, { name: 'colourful' });
    await write(id, ['\u001b[31mred\u001b[0m and plain', EVIL, `long ${'x'.repeat(50_000)} end`]);
    await opened.open(`/runs/${id}?tab=logs`);
    await line('red and plain').locator('span[class*="red"]').waitFor();
    await line('<b>bold</b>').waitFor();
    expect(await opened.page.locator('main b, main img').count()).toBe(0);
    await line('long').getByRole('button', { name: 'Show all 50.0 kB' }).click();
    await line('xxx end').waitFor();
  });

  test('the page of all logs has the lines of all runs as they are written, by level over time', async () => {
    const run = await opened.stage.createRun('process-table-etl', {}, { name: 'somebody' });
    await opened.open('/logs');
    await write(run.id, ['out of memory'], { level: 50, from: Date.now() });
    await line('out of memory').getByRole('link', { name: 'somebody' }).waitFor();
    await opened.page.getByRole('img', { name: /Lines by level: .* error/ }).waitFor();
    const box = await opened.page.locator('.u-over').boundingBox();
    if (!box) throw new Error('There is no picture.');
    await opened.page.mouse.move(box.x + box.width * 0.5, box.y + 20);
    await opened.page.mouse.down();
    await opened.page.mouse.move(box.x + box.width * 0.7, box.y + 20, { steps: 4 });
    await opened.page.mouse.up();
    await opened.page.waitForURL(/since=.*until=/);
    await line('out of memory').waitFor({ state: 'detached' });
    await shows(opened.page.locator('main'), 'No line yet');
    await opened.page.getByRole('button', { name: 'All of the time' }).click();
    await line('out of memory').waitFor();
    await line('out of memory').getByRole('link', { name: 'somebody' }).click();
    await shows(opened.page.locator('h1'), 'somebody');
  });

  test('a run’s log has the lines of those that it started, when they are asked for', async () => {
    const worker = await opened.stage.startWorker('w-logs');
    const main = await opened.stage.createRun('main-etl-job', {}, { name: 'with-children' });
    let parent = await worker.claim();
    while (parent.run.id !== main.id) {
      // Those of the tests before stand in the queue before it.
      await parent.propose('COMPLETED');
      parent = await worker.claim();
    }
    await parent.propose('RUNNING');
    const child = await opened.stage.createRun('process-table-etl', { table: 'public.cities' }, { parent, name: 'the-child' });
    await write(main.id, ['the parent says']);
    await write(child.id, ['the child says']);
    await opened.open(`/runs/${main.id}?tab=logs`);
    await line('the parent says').waitFor();
    expect(await line('the child says').count()).toBe(0);
    await opened.page.getByRole('button', { name: 'With child runs' }).click();
    await line('the child says').getByText('the-child').waitFor();
    await write(child.id, ['the child goes on'], { from: Date.now() });
    await line('the child goes on').waitFor();
  });
});
