import type { Client } from '@sluice/client';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { aTableLoad } from '../../packages/server/src/testing/a-table-load.ts';
import { whyNoBrowser } from '../support/dashboard/open-browser.ts';
import type { Stage } from '../support/dashboard/stage.ts';
import { useDashboard } from '../support/dashboard/use-dashboard.ts';
import { seconds } from '../support/patience.ts';
import { faultsOf } from './axe.ts';
import { tooWideIn } from './too-wide.ts';

/** Dialogs with forms of their own. */
const FORMS = [
  ['/variables', 'New variable'],
  ['/automations', 'New automation'],
  ['/blocks', 'New block'],
] as const;

describe.skipIf(whyNoBrowser())('every page, for those who do not see it, or not well', () => {
  const opened = useDashboard();

  beforeAll(async () => {
    await fill(opened.stage);
    await opened.page.emulateMedia({ reducedMotion: 'reduce' });
  });

  async function settle(): Promise<void> {
    await opened.page.locator('main h1').first().waitFor();
    await opened.page.locator('main [aria-busy="true"]').first().waitFor({ state: 'detached' });
  }

  const addresses = (selector: string) =>
    opened.page.evaluate(`Array.from(document.querySelectorAll(${JSON.stringify(selector)}), (link) => link.getAttribute('href'))`) as Promise<
      string[]
    >;

  /** Each listed page with one record of its kind, the first that it links to, and all tabs of that; and each fault with where it was. */
  async function walk(read: (page: Page) => Promise<string[]>): Promise<{ walked: string[]; faults: Record<string, string[]> }> {
    const walked: string[] = [];
    const faults: Record<string, string[]> = {};
    const look = async (where: string) => {
      await settle();
      walked.push(where);
      for (const fault of await read(opened.page)) faults[fault] = [...(faults[fault] ?? []), where];
    };
    await opened.open();
    for (const path of await addresses('nav ul a')) {
      await opened.open(path);
      await look(path);
      const [record] = path === '/' ? [] : await addresses(`main a[href^="${path}/"]`);
      if (!record) continue;
      await opened.open(record);
      await look(record);
      for (const tab of await opened.page.getByRole('tab').all()) {
        const name = await tab.textContent();
        await tab.click();
        await look(`${record} ${name}`);
      }
    }
    return { walked, faults };
  }

  test('none of them is wider than a phone, and its tables are not either, but for those that show what is in a warehouse', {
    timeout: seconds(90),
  }, async () => {
    const before = opened.page.viewportSize() ?? { width: 1280, height: 720 };
    await opened.page.setViewportSize({ width: 390, height: 844 });
    expect(await walk(tooWideIn)).toMatchObject({ faults: {} });
    await opened.page.setViewportSize(before);
  });

  test.each(['light', 'dark'] as const)('axe finds nothing serious on any of them when it is %s', { timeout: seconds(90) }, async (colorScheme) => {
    await opened.page.emulateMedia({ colorScheme });
    const { walked, faults } = await walk(faultsOf);
    expect(faults).toEqual({});
    for (const [address, button] of FORMS) {
      await opened.open(address);
      await opened.page.getByRole('button', { name: button }).first().click();
      await opened.page.getByRole('dialog').waitFor();
      expect(await faultsOf(opened.page), button).toEqual([]);
      expect(await tooWideIn(opened.page), button).toEqual([]);
    }
    for (const kind of ['runs', 'deployments', 'tables', 'automations', 'artifacts', 'blocks'])
      expect(walked).toContainEqual(expect.stringMatching(`^/${kind}/.`));
  });
});

/** Runs in most states, with all that a page can show of them. */
async function fill(stage: Stage): Promise<void> {
  const worker = await stage.startWorker('one', 4);
  const ended = await stage.createRun('process-table-etl', { table: 'public.items' });
  const failed = await worker.claim();
  await failed.propose('RUNNING');
  await failed.log(40, '\u001b[31mpermission denied\u001b[0m for table items');
  await failed.task('extract', 'RUNNING');
  await failed.task('extract', 'FAILED', 'permission denied');
  await failed.propose('FAILED', 'permission denied for table items');
  await stage.createRun('main-etl-job', {}, { name: 'main' });
  const parent = await worker.claim();
  await parent.propose('RUNNING');
  await stage.createRun('process-table-etl', { table: 'public.orders' }, { parent });
  const child = await worker.claim();
  await child.propose('RUNNING');
  await child.progress(400, 1000);
  await child.log(20, 'read 400 rows');
  await child.log(30, 'slow');
  await child.task('extract', 'RUNNING');
  await stage.createRun('process-table-etl', { table: 'public.cities' });
  await (await worker.claim()).propose('COMPLETED');
  await stage.client.request('POST /work_pools/', { body: { name: 'empty-pool', type: 'process', is_paused: true } });
  await stage.createRun('process-table-etl', { table: 'public.a' });
  await stage.createRun('process-table-etl', { table: 'public.b' });
  await stage.client.request('POST /table_loads/', { body: aTableLoad(ended.id, 'a load') });
  await fillNouns(stage.client, ended.id);
}

/** One of each noun that has a page of its own. */
async function fillNouns(client: Client, flow_run_id: string): Promise<void> {
  await client.request('POST /variables/', { body: { name: 'region', value: { of: ['eu', 'us'] }, tags: ['place'] } });
  await client.request('POST /artifacts/', {
    body: { key: 'report', type: 'markdown', data: '# Load\n\n|a|b|\n|-|-|\n|1|2|\n\n- one', flow_run_id },
  });
  await client.request('POST /artifacts/', { body: { key: 'load', type: 'progress', data: 40, flow_run_id } });
  await client.request('POST /artifacts/', { body: { key: 'counts', type: 'table', data: '[{"table":"orders","rows":12}]', flow_run_id } });
  const trigger = { type: 'event', posture: 'Reactive', expect: ['load.failed'], threshold: 2, within: 600 };
  await client.request('POST /automations/', { body: { name: 'one', enabled: false, trigger, actions: [{ type: 'cancel-flow-run' }] } as never });
  const [deployment] = await client.request('POST /deployments/filter', { body: { limit: 1 } });
  const schedules = [{ schedule: { cron: '0 6 * * *' } }, { schedule: { interval: 900 }, active: false }];
  await client.request('POST /deployments/{id}/schedules', { params: { id: deployment?.id ?? '' }, body: schedules });
  await client.request('POST /block_types/install_system_block_types');
  const type = await client.request('GET /block_types/slug/{slug}', { params: { slug: 'secret' } });
  const [schema] = await client.request('POST /block_schemas/filter', { body: { block_schemas: { block_type_id: { any_: [type.id] } }, limit: 1 } });
  await client.request('POST /block_documents/', {
    body: { name: 'password', block_type_id: type.id, block_schema_id: schema?.id ?? '', data: { value: 'hush' } },
  });
}
