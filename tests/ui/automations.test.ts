import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { useDashboard } from '../support/dashboard.ts';
import { whyNoBrowser } from './open-browser.ts';
import { shows } from './open-page.ts';

describe.skipIf(whyNoBrowser())('events and automations', () => {
  const opened = useDashboard({ refusals: [409, 422] });
  const { main, dialog, press, field } = opened;

  const eventOf = (text: string) => main().locator('li[data-event]').filter({ hasText: text });
  const tell = (event: string, resource: string, related: Record<string, string>[] = []) =>
    opened.stage.client.request('POST /events', {
      body: [
        {
          id: randomUUID(),
          occurred: new Date().toISOString(),
          event,
          resource: { 'prefect.resource.id': resource },
          related,
          payload: { rows: 12 },
        },
      ] as never,
    });

  test('an event appears as it is told, with what it is about as a link, and opens to all that it says', async () => {
    const run = await opened.stage.createRun('main-etl-job', {}, { name: 'a-run-of-it' });
    await opened.open('/events');
    await tell('load.done', 'table.orders', [
      { 'prefect.resource.id': `prefect.flow-run.${run.id}`, 'prefect.resource.role': 'flow-run', 'prefect.resource.name': run.name },
    ]);
    await shows(eventOf('load.done'), 'table.orders');
    await eventOf('load.done').getByText('All of it').click();
    await shows(eventOf('load.done'), 'rows: 12');
    await eventOf('load.done').getByRole('link', { name: run.name }).click();
    await shows(opened.page.locator('h1'), run.name);
  });

  test('they are filtered by the beginning of the name, and of a resource, in the address', async () => {
    await tell('load.failed', 'table.items');
    await opened.open('/events?name=load.');
    await eventOf('load.failed').waitFor();
    expect(await main().locator('li[data-event] code').allTextContents()).toEqual(['load.failed', 'load.done']);
    await main().getByRole('searchbox', { name: 'Beginning of a resource' }).fill('table.items');
    await eventOf('load.done').waitFor({ state: 'detached' });
    await eventOf('load.failed').waitFor();
    await main().getByRole('searchbox', { name: 'Beginning of the name' }).fill('nothing');
    await shows(main(), 'No event matches');
    expect(opened.page.url()).toContain('resource=table.items');
  });

  test('an automation is made by a form, with what it does in words, and does it', async () => {
    const { client, createRun, startWorker } = opened.stage;
    await opened.open('/automations');
    await main().getByRole('button', { name: 'New automation' }).click();
    await field('Name').fill('again-elsewhere');
    await field('Of the flow').fill('main-etl*');
    await field('Deployment').selectOption({ label: 'process-table-etl-deployment' });
    await shows(dialog().getByRole('status'), 'When “prefect.flow-run.Failed” or “prefect.flow-run.Crashed” comes');
    await shows(dialog().locator('code').first(), 'npx sluice automation create --from-json');
    await press('Create');
    await shows(opened.page.locator('h1'), 'again-elsewhere');
    await shows(main(), 'related to flow main-etl*');
    const worker = await startWorker('fails');
    await createRun('main-etl-job', {}, { name: 'a-failing-one' });
    const held = await worker.claim();
    await held.propose('RUNNING');
    await held.propose('FAILED');
    await opened.open('/runs');
    await shows(main().getByRole('row').filter({ hasText: 'process-table-etl' }).first(), 'process-table-etl');
    const [made] = await client.request('POST /automations/filter', { body: { automations: { name: { like_: 'again' } } } });
    await client.request('DELETE /automations/{id}', { params: { id: made?.id ?? '' } });
  });

  test('the form says what is missing, follows what is watched, and hands over to JSON', async () => {
    await opened.open('/automations');
    await main().getByRole('button', { name: 'New automation' }).click();
    const create = dialog().getByRole('button', { name: 'Create', exact: true });
    await field('Name').fill('no-data');
    await field('What is watched').selectOption({ label: 'An event' });
    await field('Event').fill('load.done');
    await press('It does not come');
    await field('Not seen for').fill('5');
    await shows(dialog().getByRole('alert'), '10s or more');
    expect(await create.isDisabled()).toBe(true);
    await field('Not seen for').fill('20m');
    await field('Of the resource').fill('table.*');
    await field('What is done').selectOption({ label: 'Pause a work pool' });
    await field('Work pool').selectOption({ label: 'default-pool' });
    await shows(dialog().getByRole('status'), '“load.done” does not come within 20 minutes, of id table.*: pause work pool');
    await field('What is done').selectOption({ label: 'Send a notification' });
    await shows(dialog(), 'No block takes a message');
    expect(await create.isDisabled()).toBe(true);
    await field('What is watched').selectOption({ label: 'A work queue' });
    expect(await field('What is done').locator('option').allTextContents()).not.toContain('Cancel the flow run');
    await field('Of the work pool').fill('default-pool');
    await field('What is done').selectOption({ label: 'Pause a work queue' });
    expect(await create.isDisabled()).toBe(true);
    await field('Work queue').selectOption({ label: 'That of the event' });
    await press('JSON');
    const json = dialog().getByLabel('The automation as JSON');
    const said = JSON.parse(await json.inputValue()) as { trigger: object; actions: object[] };
    expect(said.trigger).toMatchObject({ posture: 'Proactive', within: 1200, match_related: { 'prefect.resource.name': 'default-pool' } });
    expect(said.actions).toEqual([{ type: 'pause-work-queue', source: 'inferred' }]);
    await json.fill('{"name": "by-hand"}');
    await press('Form');
    await press('JSON');
    expect(await json.inputValue()).toBe('{"name": "by-hand"}');
    await press('Not now');
  });

  test('an automation is made of JSON, refused in the server’s words, and said in words', async () => {
    await opened.open('/automations');
    await shows(main(), 'No automation yet');
    await main().getByRole('button', { name: 'New automation' }).click();
    await press('JSON');
    const json = dialog().getByLabel('The automation as JSON');
    await json.fill('{');
    await shows(dialog().getByRole('alert'), 'This is not JSON');
    const [deployment] = await opened.stage.client.request('POST /deployments/filter', { body: { limit: 1 } });
    const automation = {
      name: 'tell-me',
      trigger: { type: 'event', posture: 'Sometimes', expect: ['load.failed'], threshold: 2, within: 600 },
      actions: [{ type: 'run-deployment', deployment_id: deployment?.id }],
    };
    await json.fill(JSON.stringify(automation));
    await press('Create');
    await shows(dialog().getByRole('alert'), 'trigger');
    await json.fill(JSON.stringify({ ...automation, trigger: { ...automation.trigger, posture: 'Reactive' } }));
    await press('Create');
    await shows(opened.page.locator('h1'), 'tell-me');
    await shows(main(), '“load.failed” comes 2 times within 10 minutes');
    await shows(main(), 'run deployment');
    await main()
      .getByRole('link', { name: deployment?.name ?? '' })
      .waitFor();
  });

  test('one is switched off and on, and deleted', async () => {
    await main().getByRole('button', { name: 'Switch off', exact: true }).click();
    await press('Switch off');
    await shows(opened.page.locator('h1 + div'), 'off');
    await main().getByRole('link', { name: 'Automations /' }).click();
    const row = main().getByRole('row').filter({ hasText: 'tell-me' });
    await shows(row, 'off');
    await row.getByRole('button', { name: 'Switch tell-me on' }).click();
    await press('Switch on');
    await row.getByRole('button', { name: 'Switch tell-me off' }).waitFor();
    await row.getByRole('button', { name: 'Delete tell-me' }).click();
    await press('Delete');
    await shows(main(), 'No automation yet');
  });
});
