import { describe, expect, test } from 'vitest';
import { whyNoBrowser } from '../support/dashboard/open-browser.ts';
import { shows } from '../support/dashboard/open-page.ts';
import { useDashboard } from '../support/dashboard/use-dashboard.ts';

describe.skipIf(whyNoBrowser())('what a server is and does', () => {
  const opened = useDashboard({ settings: { late_seconds: '7' } });

  test('the page for slow days tells its loops, its database and its slowest answers, and tells again by itself', async () => {
    const { open } = opened;
    await open('/system');
    await shows(opened.page.locator('main'), 'PostgreSQL');
    await shows(opened.row('reaper'), 'none');
    expect(await opened.row('GET /flows/{id}').count()).toBe(0);
    const [flow] = await opened.stage.client.request('POST /flows/filter', { body: { limit: 1 } });
    await opened.stage.client.request('GET /flows/{id}', { params: { id: flow?.id as string } });
    await shows(opened.row('GET /flows/{id}'), 'ms');
  });

  test('each setting says where its value is from and how to change it, and shows no secret', async () => {
    const { open, row } = opened;
    await open('/settings');
    await shows(row('SLUICE_LATE_SECONDS'), '7');
    await shows(row('SLUICE_LEASE_SECONDS'), 'default');
    await shows(row('SLUICE_DATABASE_URL'), 'set, not shown');
    expect(await opened.page.locator('main').textContent()).not.toContain('postgres://');
    expect(await row('SLUICE_WORK_POOL').count()).toBe(0);
    await opened.page.getByRole('button', { name: 'All', exact: true }).click();
    await row('SLUICE_WORK_POOL').waitFor();
    await opened.page.getByRole('searchbox').fill('is Late');
    await row('SLUICE_WORK_POOL').waitFor({ state: 'detached' });
    expect(new URL(opened.page.url()).searchParams.get('text')).toBe('is Late');
    await opened.page.getByRole('button', { name: 'How to change SLUICE_LATE_SECONDS' }).click();
    await shows(opened.page.getByRole('dialog'), 'npx sluice config set SLUICE_LATE_SECONDS=7');
    await opened.page.keyboard.press('Escape');
  });
});
