import type { Flow } from '@sluice/core/model/flow';
import { listUpTo } from '../../find/list-up-to.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output, whole } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { type Column, column, instantColumn } from '../../render/column.ts';
import { printList } from '../../render/print.ts';

const COLUMNS: readonly Column<Flow>[] = [
  column('ID', ({ id }) => id),
  column('Name', ({ name }) => name),
  column('Tags', ({ tags }) => tags.join(', ')),
  instantColumn('Created', ({ created }) => created),
];

export const command = defineCommand({
  options: { limit: whole('--limit <number>', 'How many to list, the newest first', 15), output },
  examples: ['sluice flow ls', 'sluice flow ls --limit 100 -o json'],
  run: ({ options: { limit, output: format }, globals }) =>
    withClient(globals, async (client) => {
      const flows = await listUpTo(limit, (page) => client.request('POST /flows/filter', { body: { ...page, sort: 'CREATED_DESC' } }));
      await printList(flows, COLUMNS, format);
    }),
});
