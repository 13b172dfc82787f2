import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { whyNoBrowser } from '../support/dashboard/open-browser.ts';
import { shows } from '../support/dashboard/open-page.ts';
import { useDashboard } from '../support/dashboard/use-dashboard.ts';

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

  /** A block that takes a message. */
  async function makeTaker(): Promise<string> {
    const { client } = opened.stage;
    await client.request('POST /block_types/install_system_block_types');
    const { id: block_type_id } = await client.request('GET /block_types/slug/{slug}', { params: { slug: 'slack-webhook' } });
    const [schema] = await client.request('POST /block_schemas/filter', {
      body: { block_schemas: { block_type_id: { any_: [block_type_id] } }, limit: 1 },
    });
    const data = { url: 'https://hooks.example.com/x' };
    const body = { name: 'ops', block_type_id, block_schema_id: schema?.id ?? '', data };
    return (await client.request('POST /block_documents/', { body })).id;
  }

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

  test('one of a usual kind opens in the form as it is, and is saved with what was changed; the second who edits it is told', async () => {
    const { client } = opened.stage;
    const block_document_id = await makeTaker();
    const { id } = await client.request('POST /automations/', {
      body: {
        name: 'late-loads',
        tags: ['night'],
        trigger: {
          posture: 'Proactive',
          within: 1800,
          match: { 'prefect.resource.id': 'prefect.flow-run.*' },
          match_related: { 'prefect.resource.role': 'flow', 'prefect.resource.name': 'main-etl-job' },
          after: ['prefect.flow-run.Late'],
          expect: ['prefect.flow-run.*'],
          for_each: ['prefect.resource.id'],
        },
        actions: [{ type: 'send-notification', block_document_id, subject: 'Late', body: 'It is late.' }],
      } as never,
    });
    await opened.open(`/automations/${id}`);
    await main().getByRole('button', { name: 'Edit', exact: true }).click();
    for (const [name, value] of [
      ['Name', 'late-loads'],
      ['What is watched', 'flow-run'],
      ['State', 'Late'],
      ['For', '30m'],
      ['Of the flow', 'main-etl-job'],
      ['What is done', 'send-notification'],
      ['To the block', block_document_id],
      ['Subject', 'Late'],
      ['Tags', 'night'],
    ] as const) {
      expect(await field(name).inputValue()).toBe(value);
    }
    await field('Text').fill('It is {{ late');
    await press('Save');
    const text = field('Text');
    await shows(dialog().getByRole('alert'), 'A double brace is not closed.');
    expect(await text.getAttribute('aria-invalid')).toBe('true');
    await text.fill('It waits for {{ flow_run.name }}.');
    await field('For').fill('45m');
    await shows(dialog().locator('code').first(), `npx sluice automation update --id ${id} --from-json`);
    await client.request('PATCH /automations/{id}', { params: { id }, body: { enabled: false } });
    await press('Save');
    await shows(dialog().getByRole('alert'), 'was changed by somebody else');
    await shows(dialog().getByRole('alert'), 'enabled is false now');
    await press('Save');
    await shows(main(), 'a flow run of flow main-etl-job stays Late for 45 minutes');
    expect(await client.request('GET /automations/{id}', { params: { id } })).toMatchObject({
      name: 'late-loads',
      enabled: false,
      tags: ['night'],
      trigger: { posture: 'Proactive', within: 2700, after: ['prefect.flow-run.Late'] },
      actions: [{ type: 'send-notification', subject: 'Late', body: 'It waits for {{ flow_run.name }}.' }],
    });
    await opened.open('/automations');
    await client.request('DELETE /automations/{id}', { params: { id } });
  });

  test('what is written as JSON is taken by the form where it can show it, and left alone where it cannot', async () => {
    await opened.open('/automations');
    await main().getByRole('button', { name: 'New automation' }).click();
    await press('JSON');
    const json = dialog().getByLabel('The automation as JSON');
    const trigger = { posture: 'Reactive', expect: ['load.done'], match: { 'prefect.resource.id': 'table.*' } };
    await json.fill(JSON.stringify({ name: 'from-json', trigger, actions: [{ type: 'do-nothing' }] }));
    await press('Form');
    await shows(dialog().getByRole('note'), 'The form cannot show what is written as JSON');
    await press('JSON');
    await json.fill(JSON.stringify({ name: 'from-json', trigger, actions: [{ type: 'cancel-flow-run' }] }));
    await press('Form');
    expect(await field('Event').inputValue()).toBe('load.done');
    expect(await field('Of the resource').inputValue()).toBe('table.*');
    expect(await field('What is done').inputValue()).toBe('cancel-flow-run');
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

  test('one that the form cannot show is changed as JSON, and refused in the server’s words', async () => {
    await main().getByRole('button', { name: 'Edit', exact: true }).click();
    const json = dialog().getByLabel('The automation as JSON');
    const said = JSON.parse(await json.inputValue()) as { trigger: object };
    expect(said).toMatchObject({ name: 'tell-me', enabled: true, trigger: { threshold: 2, within: 600 } });
    await shows(dialog().getByRole('note'), 'The form does not show all');
    expect(await dialog().getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
    await json.fill(JSON.stringify({ ...said, trigger: { ...said.trigger, threshold: 0 } }));
    await press('Save');
    await shows(dialog().getByRole('alert'), 'trigger.threshold:');
    await json.fill(JSON.stringify({ ...said, trigger: { ...said.trigger, threshold: 3 } }));
    await press('Save');
    await shows(main(), '“load.failed” comes 3 times within 10 minutes');
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
