import type { Locator } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { whyNoBrowser } from '../support/dashboard/open-browser.ts';
import { shows } from '../support/dashboard/open-page.ts';
import { useDashboard } from '../support/dashboard/use-dashboard.ts';
import { pointAt } from './point-at.ts';

describe.skipIf(whyNoBrowser())('the board of a run', () => {
  const opened = useDashboard();
  let canvas: Locator;

  beforeAll(async () => {
    canvas = opened.page.locator('canvas');
  });

  test('it follows its runs over the workers: lost ones, failed ones and rows', async () => {
    const [one, two] = [await opened.stage.startWorker('w-1', 2), await opened.stage.startWorker('w-2')];
    const main = await opened.stage.createRun('main-etl-job', {}, { name: 'main-run' });
    const parent = await one.claim();
    await parent.propose('RUNNING');
    await opened.open(`/boards/${main.id}`);
    await shows(opened.page.locator('h1'), 'main-run');
    const items = await opened.stage.createRun('process-table-etl', { table: 'public.items' }, { parent });
    await opened.row(items.id).waitFor();
    await shows(opened.row(items.id), 'Scheduled');
    const lost = await one.claim();
    await lost.propose('RUNNING');
    await shows(opened.row(items.id), 'w-1');
    await lost.log(40, 'the last words of the first try');
    await lost.propose('CRASHED', 'The process ended with signal SIGKILL.');
    const again = await two.claim();
    await again.propose('RUNNING');
    await again.progress(250_000, 1_000_000);
    await shows(opened.row(items.id), '250,000');
    await shows(opened.row(items.id), 'w-2');
    await shows(opened.page.locator('dl'), '250K');
    await again.propose('FAILED', 'connection reset');
    await shows(opened.row(items.id), 'Failed');
    await parent.propose('COMPLETED');
    await shows(opened.row(main.id), 'Completed'); // from here on the picture stays as it is
    await pointAt(opened.page, 'attempt 2');
    await shows(opened.page.getByRole('tooltip'), 'connection reset');
    const [tip, picture] = [await opened.page.getByRole('tooltip').boundingBox(), await canvas.boundingBox()];
    expect((tip?.x ?? 0) + (tip?.width ?? 0)).toBeLessThanOrEqual((picture?.x ?? 0) + (picture?.width ?? 0));
    await pointAt(opened.page, 'lost with its process');
    await shows(opened.page.getByRole('tooltip'), 'w-1');
  });

  test('a brush zooms it, and the table shows the runs of that stretch; a click chooses a run', async () => {
    const box = await canvas.boundingBox();
    if (!box) throw new Error('There is no picture.');
    const rows = opened.page.locator('main tr[data-row]');
    await expect.poll(() => rows.count()).toBe(2);
    await opened.page.mouse.move(box.x + 130, box.y + 60);
    await opened.page.mouse.down();
    await opened.page.mouse.move(box.x + 136, box.y + 60);
    await opened.page.mouse.up();
    await expect.poll(() => rows.count()).toBe(1);
    await canvas.focus();
    await opened.page.keyboard.press('Escape');
    await expect.poll(() => rows.count()).toBe(2);
    await pointAt(opened.page, 'lost with its process');
    await opened.page.mouse.down();
    await opened.page.mouse.up();
    await expect.poll(() => rows.count()).toBe(1);
    await shows(rows, 'public.items');
    await shows(opened.page.locator('main'), 'the last words of the first try');
    await opened.page.getByRole('button', { name: 'All runs again' }).click();
    await expect.poll(() => rows.count()).toBe(2);
  });

  test('a run that is not there is a sentence', async () => {
    await opened.open('/boards/01a00000-0000-7000-8000-000000000000');
    await shows(opened.page.getByRole('alert'), 'Flow run 01a00000-0000-7000-8000-000000000000');
    expect(opened.complaints.splice(0)).toEqual([expect.stringContaining('404')]);
  });
});
