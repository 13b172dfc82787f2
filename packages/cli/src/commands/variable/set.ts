import { isSluiceError, SluiceError } from '@sluice/core/errors/sluice-error';
import { argument, defineCommand } from '../../program/define-command.ts';
import { jsonOrText } from '../../program/json-or-text.ts';
import { flag, list, output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { say } from '../../render/message.ts';
import { isJson, printRecord } from '../../render/print.ts';

export const command = defineCommand({
  arguments: { name: argument('<name>', 'The name of the variable'), value: argument('<value>', 'JSON, or a text as it is') },
  options: {
    overwrite: flag('--overwrite', 'Give a variable that is there another value'),
    tag: list('--tag <tag>', 'Can be given more than once'),
    output,
  },
  examples: ['sluice variable set region eu', `sluice variable set limits '{"rows": 100}' --overwrite`],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => {
      const { name } = args;
      const body = { value: jsonOrText(args.value), ...(options.tag.length > 0 && { tags: [...options.tag] }) };
      try {
        await client.request('POST /variables/', { body: { name, ...body } });
      } catch (error) {
        if (!isSluiceError(error) || error.code !== 'CONFLICT') throw error;
        if (!options.overwrite) throw new SluiceError('CONFLICT', `A variable "${name}" exists already.`, { hint: 'To change it: --overwrite.' });
        await client.request('PATCH /variables/name/{name}', { params: { name }, body });
      }
      if (!isJson(options.output)) return say(`Set variable "${name}".`);
      await printRecord(await client.request('GET /variables/name/{name}', { params: { name } }), [], options.output);
    }),
});
