import type { QuarantineRow, TableLoadCreate } from '@sluice/core/model/table-load';
import { aTableLoad } from '@sluice/server/testing';
import { describe, expect, test } from 'vitest';
import { whyNoBrowser } from '../support/dashboard/open-browser.ts';
import { shows } from '../support/dashboard/open-page.ts';
import { POOL } from '../support/dashboard/stage.ts';
import { useDashboard } from '../support/dashboard/use-dashboard.ts';

const missing = whyNoBrowser();
if (missing) console.warn(missing);

const EVIL = '<img src=x onerror="document.title=\'broken\'">';

describe.skipIf(missing)('the pages of tables', () => {
  const opened = useDashboard();
  let run: string;

  const record = async (load_id: string, more: Partial<TableLoadCreate> = {}) => {
    const load = { ...aTableLoad(run, load_id), ...more };
    return opened.stage.client.request('POST /table_loads/', { body: { ...load, details: { ...load.details, ...more.details } } });
  };
  const rows = (...raws: readonly string[]): QuarantineRow[] =>
    raws.map((raw, index) => ({
      ...{ id: `row-${index}`, load_id: 'first', line: index + 3, column: 'id', reason: `"${raw}" cannot be kept as BIGINT`, mended: null },
      ...{ raw, raw_length: raw.length },
    }));
  const details = (...raws: readonly string[]) => ({ ...aTableLoad('', '').details, quarantine: rows(...raws) });

  test('where no table is loaded the page says how to load one', async () => {
    await opened.open('/tables');
    await shows(opened.page.locator('main'), 'No table is loaded yet');
    await shows(opened.page.locator('main code'), 'npx sluice etl');
    await opened.open('/tables/public.none');
    await shows(opened.page.locator('main'), 'No load of this table is known');
  });

  test('a load appears in the list when its run ends, and its page tells all of it as text', async () => {
    await opened.open('/tables');
    const made = await opened.stage.createRun('process-table-etl', { table: 'public.orders', snapshot: 'a job' });
    run = made.id;
    const held = await (await opened.stage.startWorker('loader', 9)).claim();
    await held.propose('RUNNING');
    await record('first', { rows_read: 12_345, rows_loaded: 12_343, rows_quarantined: 2, details: details(EVIL, 'x') });
    await held.propose('COMPLETED');
    await opened.page.getByRole('link', { name: 'public.orders' }).click();
    for (const text of ['12,343', 'by sums', 'shop orders.csv', 'loader', '_sluice.load first']) await shows(opened.page.locator('main'), text);
    expect(await opened.page.getByLabel('Text of the row of line 3').inputValue()).toBe(EVIL);
    await shows(opened.page.getByRole('table', { name: 'Columns' }), 'BIGINT');
    await shows(opened.page.getByRole('table', { name: 'First rows' }), 'NULL');
    expect(await opened.page.title()).toBe('public.orders – Sluice');
  });

  test('rows are mended where they stand, loaded by a run, and leave the page in place; what is refused stays with its reason', async () => {
    const first = opened.page.getByLabel('Text of the row of line 3');
    await shows(opened.page.locator('main'), 'Mended rows are loaded by a deployment that is not here');
    const replay = await opened.stage.client.request('POST /flows/', { body: { name: 'quarantine-replay' } });
    const deployment = { name: 'quarantine-replay-deployment', flow_id: replay.id, work_pool_name: POOL, enforce_parameter_schema: false };
    await opened.stage.client.request('POST /deployments/', { body: deployment });
    await first.fill('3');
    await opened.page.getByLabel('Text of the row of line 4').fill('y');
    await opened.page.getByRole('button', { name: 'Load 2 mended rows' }).click();
    const dialog = opened.page.getByRole('dialog');
    await shows(dialog, 'npx sluice quarantine replay public.orders --row row-0=3 --row row-1=y');
    await dialog.getByRole('button', { name: 'Load', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    const held = await (await opened.stage.startWorker('mender')).claim();
    expect(held.run.parameters).toEqual({
      table: 'public.orders',
      warehouse: '/home/warehouse.duckdb',
      rows: [
        { id: 'row-0', raw: '3' },
        { id: 'row-1', raw: 'y' },
      ],
    });
    await held.propose('RUNNING');
    const after = {
      ...details(),
      quarantine: rows('', 'x')
        .slice(1)
        .map((row) => ({ ...row, mended: 'y', reason: '"y" cannot be kept as BIGINT' })),
    };
    const counts = { rows_read: 12_345, rows_loaded: 12_344, rows_quarantined: 1, replay_of: 'first', committed: '2026-11-25T10:00:00Z' };
    await record('second', { ...counts, flow_run_id: held.run.id, details: after });
    await held.propose('COMPLETED');
    await first.waitFor({ state: 'detached' });
    await shows(opened.page.locator('main'), 'Last load: mended rows of the quarantine');
    await shows(opened.page.getByRole('row'), '"y" cannot be kept as BIGINT');
    expect(await opened.page.getByLabel('Text of the row of line 4').inputValue()).toBe('y');
    await opened.page.getByRole('img', { name: 'Rows over 2 loads: from 12,343 to 12,344.' }).waitFor();
  });

  test('just this table is loaded again as it was last, with another type of a column', async () => {
    await opened.page.getByRole('button', { name: 'Load again' }).click();
    const dialog = opened.page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Another type of a column' }).click();
    await dialog.getByRole('textbox', { name: 'Type' }).fill('DECIMAL(10,2)');
    await dialog.getByRole('button', { name: 'Load again' }).click();
    await dialog.waitFor({ state: 'detached' });
    const held = await (await opened.stage.startWorker('again')).claim();
    expect(held.run).toMatchObject({ parameters: { table: 'public.orders', types: { id: 'DECIMAL(10,2)' } }, tags: ['public.orders'] });
    expect(held.run.parameters).not.toHaveProperty('snapshot');
    await held.propose('RUNNING');
    await shows(opened.page.getByRole('note').filter({ hasText: held.run.name }), 'Running');
    await held.propose('FAILED', 'no column "id" there');
    await shows(opened.page.getByRole('note').filter({ hasText: held.run.name }), 'no column "id" there');
  });
});
