import type { RouteOutput } from '@sluice/core/api/routes';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { bytes } from '../../render/bytes.ts';
import { column, instantColumn } from '../../render/column.ts';
import { printRecord } from '../../render/print.ts';

type Status = RouteOutput<'GET /admin/status'>;

const FIELDS = [
  column<Status>('API', ({ api_url }) => api_url),
  column<Status>('Sluice', ({ sluice_version }) => sluice_version),
  instantColumn<Status>('Started', ({ started }) => started),
  column<Status>('PostgreSQL', ({ database }) => `${database.version} (${database.embedded ? 'embedded' : 'given'}, ${bytes(database.bytes)})`),
  column<Status>('Home', ({ home }) => home),
  column<Status>('Disk free', ({ disk_free_bytes }) => bytes(disk_free_bytes)),
  column<Status>('Trouble', ({ services }) =>
    services
      .filter(({ last_error }) => last_error)
      .map(({ name, last_error }) => `${name}: ${last_error}`)
      .join('; '),
  ),
];

export const command = defineCommand({
  options: { output },
  examples: ['sluice server status', 'sluice server status -o json'],
  run: ({ options, globals }) =>
    withClient(globals, async (client) => {
      await client.request('GET /ready');
      const { ourRoutes } = await client.capabilities();
      if (ourRoutes) await printRecord(await client.request('GET /admin/status'), FIELDS, options.output);
      else await printRecord({ api_url: client.apiUrl, prefect_version: await client.request('GET /admin/version') }, PREFECT_FIELDS, options.output);
    }),
});

interface PrefectStatus {
  readonly api_url: string;
  readonly prefect_version: string;
}

const PREFECT_FIELDS = [
  column<PrefectStatus>('API', ({ api_url }) => api_url),
  column<PrefectStatus>('Prefect', ({ prefect_version }) => prefect_version),
];
