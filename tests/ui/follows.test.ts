import { describe, expect, test } from 'vitest';
import { whyNoBrowser } from '../support/dashboard/open-browser.ts';
import { shows } from '../support/dashboard/open-tab.ts';
import { useDashboard } from '../support/dashboard/use-dashboard.ts';

const MINUTE_MS = 60_000;
const MOST_MINUTES = 5;

describe.skipIf(whyNoBrowser())('pages of what runs and people make', () => {
  const opened = useDashboard();
  const { main } = opened;

  /** What this page asks of the API while a minute passes on its clock. */
  async function askedInAMinute(): Promise<string[]> {
    const { page } = opened;
    const asked: string[] = [];
    const note = (request: { url(): string; method(): string }) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`);
    page.on('request', note);
    await page.clock.fastForward(MINUTE_MS);
    // Whatever the timers have asked for is on its way before this.
    await page.evaluate("fetch('/api/version').then((answer) => answer.text())");
    page.off('request', note);
    return asked.filter((each) => each !== 'GET /api/version');
  }

  test('follow the stream, and ask for nothing while nothing happens', async () => {
    const { client, createRun } = opened.stage;
    await opened.page.clock.install();
    const run = await createRun('main-etl-job', {});
    const { id: artifact } = await client.request('POST /artifacts/', {
      body: { key: 'told', type: 'markdown', data: 'First.', flow_run_id: run.id },
    });
    const { id: variable } = await client.request('POST /variables/', { body: { name: 'told', value: 'first' } });
    const automation = {
      name: 'told',
      description: 'First.',
      trigger: { type: 'event', posture: 'Reactive', expect: ['a'] },
      actions: [{ type: 'do-nothing' }],
    };
    const { id: rule } = await client.request('POST /automations/', { body: automation as never });
    await client.request('POST /block_types/install_system_block_types');
    const type = await client.request('GET /block_types/slug/{slug}', { params: { slug: 'json' } });
    const [schema] = await client.request('POST /block_schemas/filter', {
      body: { block_schemas: { block_type_id: { any_: [type.id] } }, limit: 1 },
    });
    const block_type = { block_type_id: type.id, block_schema_id: schema?.id ?? '' };
    const { id: block } = await client.request('POST /block_documents/', { body: { name: 'told', ...block_type, data: { value: { is: 'first' } } } });

    const pages = [
      ['/flows', (word: string) => client.request('POST /flows/', { body: { name: word } })],
      ['/variables', (word: string) => client.request('PATCH /variables/{id}', { params: { id: variable }, body: { value: word } })],
      ['/artifacts', (word: string) => client.request('POST /artifacts/', { body: { key: word, type: 'markdown', data: 'x' } })],
      ['/artifacts/told', (word: string) => client.request('PATCH /artifacts/{id}', { params: { id: artifact }, body: { data: word } })],
      [
        `/runs/${run.id}?tab=artifacts`,
        (word: string) => client.request('PATCH /artifacts/{id}', { params: { id: artifact }, body: { data: word } }),
      ],
      ['/blocks', (word: string) => client.request('POST /block_documents/', { body: { name: word, ...block_type, data: { value: 1 } } })],
      [
        `/blocks/${block}`,
        (word: string) => client.request('PATCH /block_documents/{id}', { params: { id: block }, body: { data: { value: word } } }),
      ],
      ['/automations', (word: string) => client.request('POST /automations/', { body: { ...automation, name: word } as never })],
      [
        `/automations/${rule}`,
        (word: string) => client.request('PUT /automations/{id}', { params: { id: rule }, body: { ...automation, description: word } as never }),
      ],
      ['/concurrency', (word: string) => client.request('POST /v2/concurrency_limits/', { body: { name: word, limit: 1 } })],
      [
        '/events',
        (word: string) =>
          client.request('POST /events', {
            body: [
              {
                id: crypto.randomUUID(),
                occurred: new Date().toISOString(),
                event: word,
                resource: { 'prefect.resource.id': 'x' },
                related: [],
                payload: {},
              },
            ],
          }),
      ],
    ] as const;
    for (const [place, [path, change]] of pages.entries()) {
      await opened.open(path);
      await main().locator('h1').waitFor();
      let asked = await askedInAMinute();
      // What it has asked late as it opened, and after news of the server: a page that polls asks in each of them.
      for (let minutes = 1; asked.length > 0 && minutes < MOST_MINUTES; minutes++) asked = await askedInAMinute();
      expect(asked, path).toEqual([]);
      const word = `changed-${place}`;
      await change(word);
      await shows(main(), word);
    }
  });
});
