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
});
