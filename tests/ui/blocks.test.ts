import { beforeAll, describe, expect, test } from 'vitest';
import { whyNoBrowser } from '../support/dashboard/open-browser.ts';
import { shows } from '../support/dashboard/open-page.ts';
import { useDashboard } from '../support/dashboard/use-dashboard.ts';

describe.skipIf(whyNoBrowser())('blocks', () => {
  const opened = useDashboard({ refusals: [409, 422] });
  const { main, dialog, press, field } = opened;

  beforeAll(async () => {
    await opened.stage.client.request('POST /block_types/install_system_block_types');
  });

  const held = async (slug: string, block_document_name: string) =>
    (
      await opened.stage.client.request('GET /block_types/slug/{slug}/block_documents/name/{block_document_name}', {
        params: { slug, block_document_name },
        query: { include_secrets: 'true' },
      })
    ).data;

  test('one is made by the form of its type; its secret is typed unseen, and shown nowhere', async () => {
    await opened.open('/blocks');
    await shows(main(), 'No block yet');
    await main().getByRole('button', { name: 'New block' }).click();
    await field('Type').selectOption({ label: 'Webhook' });
    await field('Name').fill('Ops Room');
    await field('Webhook URL').fill('https://example.com/hush');
    expect(await field('Webhook URL').getAttribute('type')).toBe('password');
    expect(await dialog().textContent()).not.toContain('hush');
    await press('Create');
    await shows(dialog().getByRole('alert'), 'must only contain lowercase letters');
    await field('Name').fill('ops-room');
    await field('Method').selectOption('PUT');
    await press('Create');
    await shows(opened.page.locator('h1'), 'ops-room');
    await shows(main(), '********');
    await shows(main(), 'Webhook.load("ops-room")');
    expect(await opened.page.content()).not.toContain('hush');
    expect(await held('webhook', 'ops-room')).toMatchObject({ url: 'https://example.com/hush', method: 'PUT' });
  });

  test('a change of another field keeps the secret', async () => {
    await main().getByRole('button', { name: 'Edit' }).click();
    await field('Method').selectOption('GET');
    await press('Save');
    await shows(main().locator('dd').filter({ hasText: 'GET' }), 'GET');
    expect(await held('webhook', 'ops-room')).toMatchObject({ url: 'https://example.com/hush', method: 'GET' });
  });

  test('they are listed by type, searched, and deleted', async () => {
    await opened.open('/blocks');
    const table = main().getByRole('table', { name: 'Webhook' });
    await table.getByRole('link', { name: 'ops-room' }).waitFor();
    await main().getByRole('searchbox').fill('nothing');
    await shows(main(), 'No block has such a name');
    await main().getByRole('searchbox').fill('ops');
    await main().getByRole('button', { name: 'Delete ops-room' }).click();
    await press('Delete');
    await table.waitFor({ state: 'detached' });
  });
});
