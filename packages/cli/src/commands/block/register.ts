import { SluiceError } from '@sluice/core/errors/sluice-error';
import { blockKindsIn } from '../../find/block-kinds.ts';
import { called } from '../../program/called.ts';
import { defineCommand } from '../../program/define-command.ts';
import { file, output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { say } from '../../render/message.ts';
import { isJson, printList } from '../../render/print.ts';

export const command = defineCommand({
  options: { file: file('-f, --file <file>', 'A TypeScript or JavaScript file that exports what defineBlock gives'), output },
  examples: ['sluice block register --file blocks.ts'],
  run: async ({ options, globals }) => {
    if (options.file === undefined)
      throw new SluiceError('USAGE', 'Give the file that exports the types.', { hint: 'For example: sluice block register --file blocks.ts' });
    const kinds = await blockKindsIn(options.file);
    const { registerBlock } = await import('@sluice/sdk');
    return withClient(globals, async (client) => {
      const types = [];
      for (const kind of kinds) {
        const type = await registerBlock(client, kind);
        types.push(type);
        if (!isJson(options.output)) say(`Registered block type "${type.slug}". Make a block of it with: ${called(`block create ${type.slug}`)}`);
      }
      if (isJson(options.output)) await printList(types, [], options.output);
    });
  },
});
