import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { whyNoBrowser } from './open-browser.ts';
import { type OpenPage, openPage, shows } from './open-page.ts';

describe.skipIf(whyNoBrowser())('on a phone', () => {
  let opened: OpenPage;

  beforeAll(async () => {
    opened = await openPage();
    await opened.page.setViewportSize({ width: 360, height: 740 });
  });
  afterAll(() => opened?.close());

  test('a few pages stand at the foot, whole, and all of them are one press away', async () => {
    const { page } = opened;
    await opened.open();
    const nav = page.getByRole('navigation', { name: 'Pages' });
    expect(await nav.getByRole('link').allTextContents()).toEqual(['Home', 'Runs', 'Board', 'Deployments']);
    expect(await nav.evaluate((foot) => foot.scrollWidth <= foot.clientWidth)).toBe(true);
    await nav.getByRole('button', { name: 'All pages' }).click();
    await page.getByRole('dialog').getByRole('link', { name: 'Variables', exact: true }).click();
    await shows(page.locator('h1'), 'Variables');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(opened.complaints).toEqual([]);
  });
});
