import { SluiceError } from '@sluice/core/errors/sluice-error';
import { deleteRecords, yes } from '../../change/delete-records.ts';
import { findArtifacts } from '../../find/artifact.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { output, text } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';

export const command = defineCommand({
  arguments: { key: argument('[key]', 'The key of the artifacts') },
  options: { id: text('--id <id>', 'The id of one artifact'), yes, output },
  examples: ['sluice artifact delete rows-loaded', 'sluice artifact delete --id 01a22bfd-5bc3-76ed-a33b-ff51beeed842'],
  run: ({ args: { key }, options: { id, ...options }, globals }) =>
    withClient(globals, async (client) => {
      if ((key === undefined) === (id === undefined)) {
        throw new SluiceError('USAGE', 'Give either a key or an id.', { hint: 'sluice artifact delete --help shows how.' });
      }
      const records = id === undefined ? await findArtifacts(client, key ?? '') : [await client.request('GET /artifacts/{id}', { params: { id } })];
      await deleteRecords({
        records,
        options,
        name: (artifact) => `artifact ${artifact.id}${artifact.key === null ? '' : ` of "${artifact.key}"`}`,
        remove: (artifact) => client.request('DELETE /artifacts/{id}', { params: { id: artifact.id } }),
      });
    }),
});
