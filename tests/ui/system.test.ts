import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { whyNoBrowser } from './open-browser.ts';
import { type OpenPage, openPage, shows } from './open-page.ts';

describe.skipIf(whyNoBrowser())('what a server is and does', () => {
  let opened: OpenPage;

  beforeAll(async () => {
    opened = await openPage({ late_seconds: '7' });
  });
  afterAll(() => opened?.close());
  afterEach(() => expect(opened.complaints.splice(0)).toEqual([]));

  test('the page for slow days tells its loops, its database and its slowest answers, and tells again by itself', async () => {
    const { open, page, stage } = opened;
    await open('/system');
    await shows(page.locator('main'), 'PostgreSQL');
    await shows(opened.row('reaper'), 'none');
    expect(await opened.row('GET /flows/{id}').count()).toBe(0);
    const [flow] = await stage.client.request('POST /flows/filter', { body: { limit: 1 } });
    await stage.client.request('GET /flows/{id}', { params: { id: flow?.id as string } });
    await shows(opened.row('GET /flows/{id}'), 'ms');
  });

  test('each setting says where its value is from and how to change it, and shows no secret', async () => {
    const { open, page, row } = opened;
    await open('/settings');
    await shows(row('SLUICE_LATE_SECONDS'), '7');
    await shows(row('SLUICE_LEASE_SECONDS'), 'default');
    await shows(row('SLUICE_DATABASE_URL'), 'set, not shown');
    expect(await page.locator('main').textContent()).not.toContain('postgres://');
    expect(await row('SLUICE_WORK_POOL').count()).toBe(0);
    await page.getByRole('button', { name: 'All', exact: true }).click();
    await row('SLUICE_WORK_POOL').waitFor();
    await page.getByRole('searchbox').fill('is Late');
    await row('SLUICE_WORK_POOL').waitFor({ state: 'detached' });
    expect(new URL(page.url()).searchParams.get('text')).toBe('is Late');
    await page.getByRole('button', { name: 'How to change SLUICE_LATE_SECONDS' }).click();
    await shows(page.getByRole('dialog'), 'npx sluice config set SLUICE_LATE_SECONDS=7');
    await page.keyboard.press('Escape');
  });
});
