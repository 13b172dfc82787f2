import type { Client } from '@sluice/client';
import { isSluiceError } from '@sluice/core/errors/sluice-error';
import type { JsonObject } from '@sluice/core/lib/json';
import type { BlockType } from '@sluice/core/model/block';

/** A type of blocks with the schema of what they hold, as the server keeps both. */
export interface BlockKind {
  readonly slug: string;
  readonly name: string;
  readonly description?: string;
  readonly fields: JsonObject;
}

/** Makes the type and its schema. Both are there already, but for the first block that is saved with this schema. */
export async function findOrCreateKind(client: Client, { fields, ...type }: BlockKind) {
  const { id } = await findOrCreateType(client, type);
  const schema = await client.request('POST /block_schemas/', { body: { fields, block_type_id: id } });
  return { block_type_id: id, block_schema_id: schema.id };
}

/** The same where the code has the last word: a type that is there gets its description. */
export async function registerBlock(client: Client, kind: BlockKind): Promise<BlockType> {
  const { block_type_id: id } = await findOrCreateKind(client, kind);
  const read = () => client.request('GET /block_types/{id}', { params: { id } });
  const type = await read();
  const { description } = kind;
  if (description === undefined || description === type.description) return type;
  await client.request('PATCH /block_types/{id}', { params: { id }, body: { description } });
  return read();
}

const hasCode = (error: unknown, code: string) => isSluiceError(error) && error.code === code;

async function findOrCreateType(client: Client, type: Omit<BlockKind, 'fields'>): Promise<BlockType> {
  const find = () => client.request('GET /block_types/slug/{slug}', { params: { slug: type.slug } });
  try {
    return await find();
  } catch (error) {
    if (!hasCode(error, 'NOT_FOUND')) throw error;
  }
  try {
    return await client.request('POST /block_types/', { body: type });
  } catch (error) {
    if (!hasCode(error, 'CONFLICT')) throw error;
    // Somebody else has made it at this moment, or the name is that of another type: then this says that there is none.
    return find().catch(() => Promise.reject(error));
  }
}
