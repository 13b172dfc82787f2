import { limitName } from '../../change/global-limit.ts';
import { readGlobalLimit } from '../../find/global-limit.ts';
import { readLimitUse } from '../../find/limit-use.ts';
import { defineCommand } from '../../program/define-command.ts';
import { file, output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { GLOBAL_LIMIT_COLUMNS } from '../../render/global-limit-columns.ts';
import { limitUseFields } from '../../render/limit-use-fields.ts';
import { say } from '../../render/message.ts';
import { printRecord } from '../../render/print.ts';
import { writeJsonFile } from '../../render/write-json-file.ts';

export const command = defineCommand({
  arguments: { name: limitName },
  options: { file: file('-f, --file <file>', 'Where to write it, as JSON'), output },
  examples: ['sluice global-concurrency-limit inspect warehouse', 'sluice gcl inspect warehouse -o json'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => {
      const record = await readGlobalLimit(client, args.name);
      if (options.file !== undefined) {
        writeJsonFile(options.file, record);
        return say(`Wrote the limit "${record.name}" to ${options.file}.`);
      }
      await printRecord(record, [...GLOBAL_LIMIT_COLUMNS, ...limitUseFields(await readLimitUse(client, record.id))], options.output);
    }),
});
