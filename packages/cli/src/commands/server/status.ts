import type { Client } from '@sluice/client';
import type { RouteOutput } from '@sluice/core/api/routes';
import { isSluiceError, SluiceError } from '@sluice/core/errors/sluice-error';
import type { Figures } from '@sluice/core/model/server-status';
import { readServicesFile } from '@sluice/server/home';
import { homeOf } from '../../home/settings.ts';
import { defineCommand } from '../../program/define-command.ts';
import { flag, output, whole } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { bytes } from '../../render/bytes.ts';
import { column, instantColumn } from '../../render/column.ts';
import { tell } from '../../render/message.ts';
import { printRecord } from '../../render/print.ts';

/** `services_process`: the process of their own that runs the services with the home of this command; null when there is none. */
type Status = RouteOutput<'GET /admin/status'> & { readonly services_process: number | null };

const times = (ms: Figures): string => (ms ? `${ms.p50.toFixed(1)} ms, 95 % within ${ms.p95.toFixed(1)} ms` : '');

const FIELDS = [
  column<Status>('API', ({ api_url }) => api_url),
  column<Status>('Sluice', ({ sluice_version }) => sluice_version),
  instantColumn<Status>('Started', ({ started }) => started),
  column<Status>('PostgreSQL', ({ database }) => `${database.version} (${database.embedded ? 'embedded' : 'given'}, ${bytes(database.bytes)})`),
  column<Status>('Schema', ({ database }) => database.schema),
  column<Status>('Home', ({ home }) => home),
  column<Status>('Disk free', ({ disk_free_bytes }) => bytes(disk_free_bytes)),
  column<Status>('Memory', ({ memory_bytes }) => bytes(memory_bytes)),
  column<Status>('Slowest route', ({ requests: [slowest] }) => slowest && `${slowest.route}: ${times(slowest.ms)}`),
  column<Status>('Commits', ({ door: { batch, batch_ms } }) => batch && `${times(batch_ms)}, of ${batch.most} changes at most`),
  column<Status>('Event loop', ({ event_loop_delay_ms }) => event_loop_delay_ms && `late by ${times(event_loop_delay_ms)}`),
  column<Status>(
    'Waiting',
    ({ waiting, door }) => `${waiting.claims} claims, ${waiting.slots} for slots, ${waiting.event_streams} event streams, ${door.waiting} changes`,
  ),
  column<Status>('Services', ({ services, services_process: pid, home }) => {
    if (services.length > 0) return 'in the server';
    if (pid !== null) return `in process ${pid}`;
    return home === homeOf() ? 'not in this home; start them with: sluice server services start' : 'not in the server';
  }),
  column<Status>('Trouble', ({ services }) =>
    services
      .filter(({ last_error }) => last_error)
      .map(({ name, last_error }) => `${name}: ${last_error}`)
      .join('; '),
  ),
];

export const command = defineCommand({
  options: {
    wait: flag('--wait', 'Wait for a server that does not answer yet'),
    timeout: whole('-t, --timeout <seconds>', 'Wait no longer, and end with exit code 124; 0 waits for ever', 0, { min: 0 }),
    output,
  },
  examples: ['sluice server status', 'sluice server status --wait --timeout 60', 'sluice server status -o json'],
  run: ({ options: { wait, timeout, output: format }, globals }) => {
    const patienceSeconds = wait ? timeout || Number.POSITIVE_INFINITY : 0;
    const work = async (client: Client) => {
      const pid = (await readServicesFile(homeOf()))?.pid ?? null;
      await client.request('GET /ready').catch((error: unknown) => {
        if (pid !== null) tell(`The services of this home run, in process ${pid}.`);
        throw error;
      });
      const { ourRoutes } = await client.capabilities();
      if (ourRoutes) await printRecord({ ...(await client.request('GET /admin/status')), services_process: pid }, FIELDS, format);
      else await printRecord({ api_url: client.apiUrl, prefect_version: await client.request('GET /admin/version') }, PREFECT_FIELDS, format);
    };
    return withClient(globals, work, { patienceSeconds }).catch((error: unknown) => {
      throw wait && isSluiceError(error) && error.code === 'API_UNREACHABLE' ? tooLate(error, timeout) : error;
    });
  },
});

const tooLate = (cause: SluiceError, timeout: number) =>
  new SluiceError('TIMED_OUT', `No server has answered within ${timeout} s.`, { hint: cause.hint, cause });

interface PrefectStatus {
  readonly api_url: string;
  readonly prefect_version: string;
}

const PREFECT_FIELDS = [
  column<PrefectStatus>('API', ({ api_url }) => api_url),
  column<PrefectStatus>('Prefect', ({ prefect_version }) => prefect_version),
];
