import type { Client } from '@sluice/client';
import { splitReferences } from '@sluice/core/blocks/block-data';
import { isObject, type JsonObject } from '@sluice/core/lib/json';
import { type BlockDocument, BlockTypeCreate } from '@sluice/core/model/block';
import { filled, type Item, type Kind, keyOf } from '../item.ts';
import { readAll } from '../read-all.ts';
import { schemaNames } from './block-schemas.ts';

/** Servers bring many along, and code registers its own anew: those are copied of which there are blocks. */
export const blockTypes: Kind = {
  accepts: BlockTypeCreate,
  list: async (client) =>
    (await readAll(client, 'POST /block_types/filter')).map((type) => {
      const { name, slug, logo_url, documentation_url, description, code_example } = type;
      const fields = filled({ name, slug, logo_url, documentation_url, description, code_example });
      return { kind: 'block type', name: slug, fields, needs: [], asNeeded: true };
    }),
  /** What is told of a type changes from version to version. */
  compared: ({ slug }) => ({ slug: slug ?? null }),
  create: (client, { fields }) => client.request('POST /block_types/', { body: fields as never }),
};

/** The name of a block with its type's: there may be one of each type. */
const nameOf = ({ slug, name }: { slug: string; name: string }) => `${slug}/${name}`;

/** What a server answers with instead of a secret, also where a client asks for it and may not have it. */
const HIDDEN = /^\*{8,}$/;

const isHidden = (value: unknown): boolean =>
  typeof value === 'string' ? HIDDEN.test(value) : (Array.isArray(value) || isObject(value)) && Object.values(value).some(isHidden);

interface Inside {
  readonly name?: string | null;
  readonly is_anonymous?: boolean;
  readonly block_type?: { readonly slug: string };
}

export const blocks: Kind = {
  list: async (client) => {
    const schemas = await schemaNames(client);
    const all = await readAll(client, 'POST /block_documents/filter', { include_secrets: true, block_documents: { is_anonymous: null } });
    return all.map((block) => toItem(block, schemas.get(block.block_schema.checksum) ?? block.block_schema.checksum));
  },
  create: async (client, { name: path, fields }) => {
    const { slug, name } = splitName(path);
    const type = await client.request('GET /block_types/slug/{slug}', { params: { slug } });
    const schema = await client.request('GET /block_schemas/checksum/{checksum}', { params: { checksum: String(fields['schema']) }, query: {} });
    const data = await withIds(client, fields['data'] as JsonObject);
    const is_anonymous = fields['is_anonymous'] === true;
    await client.request('POST /block_documents/', { body: { name, data, is_anonymous, block_type_id: type.id, block_schema_id: schema.id } });
  },
};

function toItem({ name, data, block_type: { slug }, block_document_references, is_anonymous }: BlockDocument, schema: string): Item {
  const inside = Object.entries(block_document_references).map(([field, { block_document }]) => ({ field, block: block_document as Inside }));
  const named = inside.flatMap(({ field, block: { name: inner, block_type } }) =>
    inner && block_type ? [{ field, path: nameOf({ slug: block_type.slug, name: inner }) }] : [],
  );
  const own = { ...data, ...Object.fromEntries(named.map(({ field, path }) => [field, { $ref: path }])) };
  const unnamed = inside.find(({ block }) => !block.name || block.is_anonymous);
  return {
    kind: 'block',
    name: nameOf({ slug, name: String(name) }),
    fields: { schema, data: own, is_anonymous },
    needs: [keyOf('block type', slug), keyOf('block schema', schema), ...named.map(({ path }) => keyOf('block', path))],
    cannot: isHidden(own) ? 'the server does not tell its secrets' : unnamed && `the block in its field "${unnamed.field}" has no name`,
    // A server gave it a name of its own, for whoever made it.
    asNeeded: is_anonymous,
  };
}

function splitName(path: string): { slug: string; name: string } {
  const end = path.indexOf('/');
  return { slug: path.slice(0, end), name: path.slice(end + 1) };
}

/** The id of a block that is known by its type and name. */
export async function blockId(client: Client, path: string): Promise<string> {
  const { slug, name } = splitName(path);
  const params = { slug, block_document_name: name };
  return (await client.request('GET /block_types/slug/{slug}/block_documents/name/{block_document_name}', { params, query: {} })).id;
}

async function withIds(client: Client, data: JsonObject): Promise<JsonObject> {
  const { references } = splitReferences(data);
  const found = Object.keys(references).map(async (field) => {
    const { $ref } = data[field] as { $ref: string };
    return [field, { $ref: { block_document_id: await blockId(client, $ref) } }] as const;
  });
  return { ...data, ...Object.fromEntries(await Promise.all(found)) };
}

/** The names of all blocks to which somebody gave one, by their ids; `{ is_anonymous: null }` are also those that a server named. */
export async function blockNames(client: Client, block_documents: object = {}): Promise<ReadonlyMap<string, string>> {
  const all = await readAll(client, 'POST /block_documents/filter', { block_documents });
  return new Map(all.map(({ id, name, block_type: { slug } }) => [id, nameOf({ slug, name: String(name) })]));
}
