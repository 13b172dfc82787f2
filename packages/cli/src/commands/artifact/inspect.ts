import { findArtifacts } from '../../find/artifact.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { output, whole } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { ARTIFACT_FIELDS } from '../../render/artifact-columns.ts';
import { say } from '../../render/message.ts';
import { isJson, printList, printRecord } from '../../render/print.ts';

export const command = defineCommand({
  arguments: { key: argument('<key>', 'The key of the artifacts') },
  options: { limit: whole('--limit <number>', 'How many to show, the newest first', 10, { min: 1, max: 200 }), output },
  examples: ['sluice artifact inspect rows-loaded', 'sluice artifact inspect rows-loaded --limit 1 -o json'],
  run: ({ args, options: { limit, output: format }, globals }) =>
    withClient(globals, async (client) => {
      const artifacts = await findArtifacts(client, args.key, limit);
      if (isJson(format)) return printList(artifacts, [], format);
      for (const [index, artifact] of artifacts.entries()) {
        if (index > 0) say('');
        await printRecord(artifact, ARTIFACT_FIELDS, format);
      }
    }),
});
