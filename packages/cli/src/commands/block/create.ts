import { isSluiceError, SluiceError } from '@sluice/core/errors/sluice-error';
import { fieldsInWords, readBlockData } from '../../change/block-data.ts';
import { blockPath, findBlockType, newestSchema } from '../../find/block.ts';
import { called } from '../../program/called.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { flag, list, output, text } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { say } from '../../render/message.ts';
import { isJson, printRecord } from '../../render/print.ts';

export const command = defineCommand({
  arguments: { type: argument('<type>', 'The slug of its type') },
  options: {
    name: text('-n, --name <name>', 'Name of the block: small letters, digits and dashes'),
    set: list('-p, --set <field=value>', 'A field; can be given more than once'),
    data: text('--data <json>', 'All fields as a JSON object; - reads it from standard input, where no list of processes shows a secret'),
    overwrite: flag('--overwrite', 'Replace what a block of this name holds'),
    output,
  },
  examples: [
    'sluice block create secret                                  # says what it holds',
    'sluice block create json --name limits --set value=\'{"rows": 100}\'',
    'sluice block create shop-credentials --name shop --data - < shop.json',
  ],
  run: ({ args, options: { name, set, data: whole, overwrite, output: format }, globals }) =>
    withClient(globals, async (client) => {
      const type = await findBlockType(client, args.type);
      const schema = await newestSchema(client, type);
      if (name === undefined) {
        if (set.length > 0 || whole !== undefined) throw new SluiceError('USAGE', 'The block needs a name.', { hint: 'For example: --name main' });
        if (isJson(format)) return printRecord(schema, [], format);
        for (const field of fieldsInWords(schema.fields)) say(field);
        return say(`Make one with: ${called(`block create ${type.slug} --name NAME --set FIELD=VALUE`)}`);
      }
      const data = readBlockData(type.slug, { single: set, whole }, schema.fields);
      const body = { name, data, block_type_id: type.id, block_schema_id: schema.id };
      const params = { slug: type.slug, block_document_name: name };
      const read = () => client.request('GET /block_types/slug/{slug}/block_documents/name/{block_document_name}', { params, query: {} });
      try {
        await client.request('POST /block_documents/', { body });
      } catch (error) {
        if (!isSluiceError(error) || error.code !== 'CONFLICT') throw error;
        if (!overwrite) throw new SluiceError('CONFLICT', `A block ${type.slug}/${name} exists already.`, { hint: 'To change it: --overwrite.' });
        const { id } = await read();
        const change = { data, block_schema_id: schema.id, merge_existing_data: false };
        await client.request('PATCH /block_documents/{id}', { params: { id }, body: change });
      }
      const block = await read();
      if (isJson(format)) await printRecord(block, [], format);
      else say(`Stored block ${blockPath(block)}.`);
    }),
});
