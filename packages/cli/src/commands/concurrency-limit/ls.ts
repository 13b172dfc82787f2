import { listTagLimits } from '../../find/tag-limit.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output, whole } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { printList } from '../../render/print.ts';
import { TAG_LIMIT_COLUMNS } from '../../render/tag-limit-columns.ts';

export const command = defineCommand({
  options: {
    limit: whole('--limit <number>', 'How many to list; all when left out', undefined),
    offset: whole('--offset <number>', 'How many to leave out before them', 0, { min: 0 }),
    output,
  },
  examples: ['sluice concurrency-limit ls'],
  run: ({ options: { limit = Number.POSITIVE_INFINITY, offset, output: format }, globals }) =>
    withClient(globals, async (client) => printList((await listTagLimits(client)).slice(offset, offset + limit), TAG_LIMIT_COLUMNS, format)),
});
