import { createHash } from 'node:crypto';
import type { Client } from '@sluice/client';
import { type BlockFields, checksumText, nestedBlocks } from '@sluice/core/blocks/block-schema';
import { isObject, type JsonObject } from '@sluice/core/lib/json';
import type { BlockSchema } from '@sluice/core/model/block';
import { type Item, type Kind, keyOf } from '../item.ts';
import { asWritten, readWritten } from '../read-all.ts';

const checksumOf = (fields: BlockFields): string => `sha256:${createHash('sha256').update(checksumText(fields)).digest('hex')}`;

/** Prefect's servers tell the kinds of block that one field may hold in any order, and the checksum is of one order. */
function registered({ fields, checksum }: BlockSchema): BlockFields {
  const references = isObject(fields['block_schema_references']) ? fields['block_schema_references'] : {};
  const turned = Object.entries(references).map(([field, kinds]) => [field, Array.isArray(kinds) ? kinds.toReversed() : kinds]);
  const other = { ...fields, block_schema_references: Object.fromEntries(turned) };
  return checksumOf(fields) !== checksum && checksumOf(other) === checksum ? other : fields;
}

async function readSchemas(client: Client): Promise<BlockSchema[]> {
  const schemas = await readWritten(client, 'POST /block_schemas/filter');
  return schemas.map((schema) => ({ ...schema, fields: registered(schema) as JsonObject }));
}

/**
 * The names of schemas by the checksums under which this server has them. The name is the checksum under which a server takes what it
 * is sent: of some old schemas of collections, Prefect's servers do not tell again all that their checksum is of.
 */
export const schemaNames = async (client: Client): Promise<ReadonlyMap<string, string>> =>
  new Map((await readSchemas(client)).map(({ checksum, fields }) => [checksum, checksumOf(fields)]));

export const blockSchemas: Kind = {
  // The newest is listed first, and the newest is what a page shows for a type.
  list: async (client) => (await readSchemas(client)).reverse().map(toItem),
  /** Its name is of all that is in it. */
  compared: () => ({}),
  create: async (client, { fields: { type, ...fields } }) => {
    const { id } = await client.request('GET /block_types/slug/{slug}', { params: { slug: String(type) } });
    await client.request('POST /block_schemas/', { body: { ...fields, block_type_id: id } as never });
  },
};

function toItem({ fields, block_type: { slug }, capabilities, version }: BlockSchema): Item {
  const types = [slug, ...nestedBlocks(fields).map(({ block_type_slug }) => block_type_slug)];
  return {
    kind: 'block schema',
    name: checksumOf(fields),
    fields: { type: slug, fields: asWritten(fields), capabilities, version },
    needs: [...new Set(types)].map((type) => keyOf('block type', type)),
    asNeeded: true,
  };
}
