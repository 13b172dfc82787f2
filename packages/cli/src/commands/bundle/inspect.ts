import { fetchBundle, listBundle } from '@sluice/worker/bundles';
import { findBundle } from '../../find/bundle.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { BUNDLE_COLUMNS } from '../../render/bundle-columns.ts';
import { bytes } from '../../render/bytes.ts';
import { column } from '../../render/column.ts';
import { isJson, printRecord } from '../../render/print.ts';

export const command = defineCommand({
  arguments: { bundle: argument('<bundle>', 'The name of the bundle, or the beginning of it') },
  options: { output },
  examples: ['sluice bundle inspect 3f2a9c'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => {
      const bundle = await findBundle(client, args.bundle);
      const files = await listBundle(bundle.name, fetchBundle(client, bundle.name));
      if (isJson(options.output)) return printRecord({ ...bundle, content: files }, [], options.output);
      const fields = [column<typeof bundle>('Whole name', ({ name }) => name), ...BUNDLE_COLUMNS.slice(1)];
      await printRecord(bundle, [...fields, ...files.map((file) => column<typeof bundle>(file.path, () => bytes(file.bytes)))], options.output);
    }),
});
