import { describe, expect, test } from 'vitest';
import { whyNoBrowser } from '../support/dashboard/open-browser.ts';
import { shows } from '../support/dashboard/open-page.ts';
import { useDashboard } from '../support/dashboard/use-dashboard.ts';

describe.skipIf(whyNoBrowser())('variables', () => {
  const opened = useDashboard({ refusals: [409, 422] });
  const { main, dialog, press, field, rowOf } = opened;

  const readBack = async (name: string) => (await opened.stage.client.request('GET /variables/name/{name}', { params: { name } })).value;

  test('one is made as text, kept as it is written, with the command that does the same', async () => {
    await opened.open('/variables');
    await shows(main(), 'No variable yet');
    await main().getByRole('button', { name: 'New variable' }).click();
    await field('Name').fill('Region');
    await field('Value').fill('5');
    await press('Create');
    await shows(dialog().getByRole('alert'), 'must only contain lowercase letters');
    await field('Name').fill('region');
    await field('Tags').fill('place, day');
    await shows(dialog().locator('code').first(), `npx sluice variable set region '"5"' --tag place --tag day`);
    await press('Create');
    await shows(rowOf('region'), '"5"');
    await shows(rowOf('region'), 'place');
    expect(await readBack('region')).toBe('5');
  });

  test('a name that is taken is refused in the server’s words', async () => {
    await main().getByRole('button', { name: 'New variable' }).click();
    await field('Name').fill('region');
    await press('Create');
    await shows(dialog().getByRole('alert'), 'already exists');
    await press('Not now');
  });

  test('one is changed to JSON, which is read before it is sent, and its digits are kept', async () => {
    await main().getByRole('link', { name: 'region', exact: true }).click();
    await dialog().getByRole('button', { name: 'JSON', exact: true }).click();
    await field('Value').fill('{"rows": 9007199254740993}');
    await shows(dialog().getByRole('alert'), 'cannot keep all digits');
    expect(await dialog().getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
    await field('Value').fill('{"rows": [1, true, null]}');
    await press('Save');
    await shows(rowOf('region'), '{"rows":[1,true,null]}');
    expect(await readBack('region')).toEqual({ rows: [1, true, null] });
  });

  test('the list is searched by a part of the name, and shows what others make without a reload', async () => {
    await opened.stage.client.request('POST /variables/', { body: { name: 'made_elsewhere', value: 1.5 } });
    await shows(rowOf('made_elsewhere'), '1.5');
    await main().getByRole('searchbox').fill('elsewhere');
    await rowOf('region').waitFor({ state: 'detached' });
    expect(opened.page.url()).toContain('name=elsewhere');
    await main().getByRole('searchbox').fill('nothing-like-it');
    await shows(main(), 'No variable has such a name');
    await main().getByRole('link', { name: 'Show all variables' }).click();
    await rowOf('region').waitFor();
  });

  test('one is deleted after a question, by the keyboard', async () => {
    await main().getByRole('button', { name: 'Delete region' }).focus();
    await opened.page.keyboard.press('Enter');
    await shows(dialog(), 'Flows that ask for it find none');
    await dialog().getByRole('button', { name: 'Delete', exact: true }).focus();
    await opened.page.keyboard.press('Enter');
    await rowOf('region').waitFor({ state: 'detached' });
    await opened.open('/variables?edit=00000000-0000-4000-8000-000000000000');
    await shows(main().getByRole('alert'), 'not found');
    opened.complaints.splice(0);
  });
});
