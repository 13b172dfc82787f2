import { beforeAll, describe, expect, test } from 'vitest';
import { whyNoBrowser } from '../support/dashboard/open-browser.ts';
import { shows } from '../support/dashboard/open-page.ts';
import { useDashboard } from '../support/dashboard/use-dashboard.ts';

describe.skipIf(whyNoBrowser())('on a phone', () => {
  const opened = useDashboard();

  beforeAll(async () => {
    await opened.page.setViewportSize({ width: 360, height: 740 });
  });

  test('a few pages stand at the foot, whole, and all of them are one press away', async () => {
    await opened.open();
    const nav = opened.page.getByRole('navigation', { name: 'Pages' });
    expect(await nav.getByRole('link').allTextContents()).toEqual(['Home', 'Runs', 'Board', 'Deployments']);
    expect(await nav.evaluate((foot) => foot.scrollWidth <= foot.clientWidth)).toBe(true);
    await nav.getByRole('button', { name: 'All pages' }).click();
    await opened.page.getByRole('dialog').getByRole('link', { name: 'Variables', exact: true }).click();
    await shows(opened.page.locator('h1'), 'Variables');
    await opened.page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  test('a long command in a dialog shows its beginning, and all of it when that is asked for', async () => {
    await opened.open('/automations');
    await opened.main().getByRole('button', { name: 'New automation' }).click();
    await opened.field('Name').fill('again-elsewhere');
    await opened.field('Deployment').selectOption({ label: 'process-table-etl-deployment' });
    const call = opened.dialog().locator('code').last();
    await shows(call, /^curl/);
    const isWhole = () => call.evaluate(({ scrollHeight, clientHeight }) => scrollHeight === clientHeight);
    expect(await isWhole()).toBe(false);
    expect((await call.boundingBox())?.height).toBeLessThan(100);
    await opened.dialog().getByRole('button', { name: 'Show all' }).last().click();
    expect(await isWhole()).toBe(true);
    await opened.dialog().getByRole('button', { name: 'Show less' }).click();
    expect(await isWhole()).toBe(false);
  });
});
