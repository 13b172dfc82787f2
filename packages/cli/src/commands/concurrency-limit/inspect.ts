import { readLimitUse } from '../../find/limit-use.ts';
import { withTagLimit } from '../../find/tag-limit.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { column } from '../../render/column.ts';
import { limitUseFields } from '../../render/limit-use-fields.ts';
import { printRecord } from '../../render/print.ts';
import { TAG_LIMIT_COLUMNS } from '../../render/tag-limit-columns.ts';

export const command = defineCommand({
  arguments: { tag: argument('<tag>', 'The tag') },
  options: { output },
  examples: ['sluice concurrency-limit inspect database'],
  run: ({ args: { tag }, options, globals }) =>
    withClient(globals, async (client) => {
      const record = await withTagLimit(client, tag, client.request('GET /concurrency_limits/tag/{tag}', { params: { tag } }));
      const use = await readLimitUse(client, record.id);
      const holders = use ? limitUseFields(use) : [column<typeof record>('Held by task runs', ({ active_slots }) => active_slots.join(' '))];
      await printRecord(record, [...TAG_LIMIT_COLUMNS, ...holders], options.output);
    }),
});
