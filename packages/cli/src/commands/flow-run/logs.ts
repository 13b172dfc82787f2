import { type Client, pageAll } from '@sluice/client';
import type { Log } from '@sluice/core/model/log';
import { argument, defineCommand } from '../../define-command.ts';
import { findFlowRun } from '../../find/flow-run.ts';
import { listUpTo } from '../../list-up-to.ts';
import { flag, output, whole } from '../../options.ts';
import { logLine } from '../../render/log-line.ts';
import { say } from '../../render/message.ts';
import { isJson, printList } from '../../render/print.ts';
import { withClient } from '../../with-client.ts';

export const command = defineCommand({
  arguments: { run: argument('<run>', 'Id or name of the flow run') },
  options: {
    head: flag('--head', 'The first lines only'),
    tail: flag('-t, --tail', 'The last lines only'),
    number: whole('-n, --num-logs <number>', 'How many those are', 20),
    reverse: flag('-r, --reverse', 'The last line first'),
    output,
  },
  examples: ['sluice flow-run logs brave-otter', 'sluice flow-run logs brave-otter --tail -n 50'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => {
      const { id } = await findFlowRun(client, args.run);
      const lines = await readLogs(client, id, options);
      if (options.reverse) lines.reverse();
      if (isJson(options.output)) return printList(lines, [], options.output);
      for (const line of lines) say(logLine(line));
    }),
});

interface Part {
  readonly head: boolean;
  readonly tail: boolean;
  readonly number: number;
}

/** Oldest first. */
async function readLogs(client: Client, id: string, { head, tail, number }: Part): Promise<Log[]> {
  const logs = { flow_run_id: { any_: [id] } };
  const read = (sort: 'TIMESTAMP_ASC' | 'TIMESTAMP_DESC') => (page: { limit: number; offset: number }) =>
    client.request('POST /logs/filter', { body: { logs, sort, ...page } });
  if (tail) return (await listUpTo(number, read('TIMESTAMP_DESC'))).reverse();
  return head ? listUpTo(number, read('TIMESTAMP_ASC')) : pageAll(read('TIMESTAMP_ASC'));
}
