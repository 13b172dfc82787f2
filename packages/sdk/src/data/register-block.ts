import type { Client } from '@sluice/client';
import type { ErrorCode } from '@sluice/core/errors/catalog';
import { isSluiceError } from '@sluice/core/errors/sluice-error';
import type { BlockType } from '@sluice/core/model/block';
import { type BlockKind, blockFields } from './block-fields.ts';

export const hasCode = (error: unknown, code: ErrorCode): boolean => isSluiceError(error) && error.code === code;

interface Found {
  readonly block_type_id: string;
  readonly block_schema_id: string;
}

/** Makes the type of a block and its schema, and before them those of the blocks inside. All are there already, but for the first block of a schema. */
export const findOrCreateKind = (client: Client, kind: BlockKind): Promise<Found> => findOrCreate(client, kind, new Map());

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

/** A schema names those inside by their checksums, which the server makes. */
async function findOrCreate(client: Client, kind: BlockKind, checksums: Map<string, string>): Promise<Found> {
  const { slug, name, description, inside } = kind;
  for (const inner of Object.values(inside).flat()) if (!checksums.has(inner.slug)) await findOrCreate(client, inner, checksums);
  const { id: block_type_id } = await findOrCreateType(client, { slug, name, ...(description !== undefined && { description }) });
  const schema = await client.request('POST /block_schemas/', { body: { fields: blockFields(kind, checksums), block_type_id } });
  checksums.set(slug, schema.checksum);
  return { block_type_id, block_schema_id: schema.id };
}

async function findOrCreateType(client: Client, type: { slug: string; name: string; description?: string }): Promise<BlockType> {
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
