import { readLines } from '../../find/log-lines.ts';
import { findTaskRun } from '../../find/task-run.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { flag, output, whole } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { logLine } from '../../render/log-line.ts';
import { say } from '../../render/message.ts';
import { isJson, printList } from '../../render/print.ts';

export const command = defineCommand({
  arguments: { run: argument('<task run>', 'Id or name of the task run') },
  options: {
    head: flag('--head', 'Print only the first lines'),
    tail: flag('-t, --tail', 'Print only the last lines'),
    number: whole('-n, --num-logs <number>', 'How many lines --head or --tail prints', 20),
    reverse: flag('-r, --reverse', 'Print the last line first'),
    output,
  },
  examples: ['sluice task-run logs load-1', 'sluice task-run logs load-1 --tail -n 50'],
  run: ({ args, options: { head, tail, number, reverse, output: format }, globals }) =>
    withClient(globals, async (client) => {
      const { id } = await findTaskRun(client, args.run);
      const most = head || tail ? { most: number } : {};
      const lines = await readLines(client, { task_run_id: { any_: [id] } }, { sort: tail ? 'TIMESTAMP_DESC' : 'TIMESTAMP_ASC', ...most });
      if (tail !== reverse) lines.reverse();
      if (isJson(format)) return printList(lines, [], format);
      for (const line of lines) say(logLine(line));
    }),
});
