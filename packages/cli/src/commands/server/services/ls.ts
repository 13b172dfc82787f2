import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { ServiceStatus } from '@sluice/core/model/server-status';
import { defineCommand } from '../../../program/define-command.ts';
import { output } from '../../../program/options.ts';
import { withClient } from '../../../program/with-client.ts';
import { column, instantColumn, painted } from '../../../render/column.ts';
import { tell } from '../../../render/message.ts';
import { isJson, printList } from '../../../render/print.ts';

const COLUMNS = [
  column<ServiceStatus>('Name', ({ name }) => name),
  column<ServiceStatus>('Every', ({ every_seconds }) => `${every_seconds} s`),
  instantColumn<ServiceStatus>('Last turn', ({ last_tick }) => last_tick),
  column<ServiceStatus>('Took', ({ took_ms }) => took_ms && `${took_ms.toFixed(1)} ms`),
  painted<ServiceStatus>(
    'Trouble',
    ({ last_error }) => last_error,
    () => 'red',
  ),
];

export const command = defineCommand({
  options: { output },
  examples: ['sluice server services ls'],
  run: ({ options, globals }) =>
    withClient(globals, async (client) => {
      const { ourRoutes } = await client.capabilities();
      if (!ourRoutes)
        throw new SluiceError('USAGE', 'A Prefect server does not tell of its services.', { hint: 'There: prefect server services ls' });
      const { services } = await client.request('GET /admin/status');
      await printList(services, COLUMNS, options.output);
      if (services.length === 0 && !isJson(options.output)) tell('That server runs none itself; sluice server status says where they run.');
    }),
});
