import { argument, defineCommand } from '../../program/define-command.ts';
import { expectWhole, output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { say } from '../../render/message.ts';
import { ofZero } from '../../render/of-zero.ts';
import { isJson, printRecord } from '../../render/print.ts';

export const command = defineCommand({
  arguments: { tag: argument('<tag>', 'Tag of the tasks'), limit: argument('<limit>', 'Tasks with this tag that can run at once') },
  options: { output },
  examples: ['sluice concurrency-limit create database 3'],
  run: ({ args: { tag, limit }, options, globals }) => {
    const concurrency_limit = expectWhole('limit', limit, { min: 0 });
    return withClient(globals, async (client) => {
      const record = await client.request('POST /concurrency_limits/', { body: { tag, concurrency_limit } });
      if (isJson(options.output)) return printRecord(record, [], options.output);
      say(`Set the concurrency limit of the tag "${tag}" to ${concurrency_limit}.${ofZero(concurrency_limit, 'Its tasks')}`);
    });
  },
});
