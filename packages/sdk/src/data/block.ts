import type { Client } from '@sluice/client';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { isObject, type JsonObject } from '@sluice/core/lib/json';
import { checkOptions, type Rules, rules } from '../options.ts';
import { faultsOf, type Schema, toJsonSchema } from '../params.ts';
import { useClient } from '../settings/use-client.ts';
import { show } from '../text/show.ts';
import { jsonObject } from '../values/parameters.ts';
import { type BlockKind, blockFields } from './block-fields.ts';
import { findOrCreateKind, hasCode, registerBlock } from './register-block.ts';
import { remember, type SavedBlock, savedAs } from './saved-blocks.ts';

type Field<In> = keyof In & string;

// biome-ignore lint/suspicious/noExplicitAny: what a block holds is checked where it is saved, not where it is named
type AnyBlock = Block<any, any>;
type OneOrMore<T> = T | readonly T[];
type Inside<In> = { readonly [field in Field<In>]?: OneOrMore<AnyBlock> };
type LoadedFrom<B> = B extends OneOrMore<Block<never, infer Out>> ? Out : never;
/** In the field of a block also what was loaded as one. */
type WithLoaded<In, B> = { [field in keyof In]: field extends keyof B ? In[field] | LoadedFrom<B[field]> : In[field] };

export interface BlockOptions<In extends object, Out, B = Inside<In>> {
  /** What a block holds, as it is given to `save`; `load` gives what the schema makes of it. */
  readonly schema: Schema<In, Out>;
  /** Fields that are hidden from whoever does not ask for them: `password`, `login.password`, or `headers.*` for all values inside. */
  readonly secrets?: readonly (Field<In> | `${Field<In>}.${string}`)[];
  /** Blocks that stand in fields of this one: what was loaded as such a block is saved there as a reference to it. Several: one of them. */
  readonly blocks?: B;
  /** The name of the type on pages; its slug with large letters when left out. */
  readonly name?: string;
  readonly description?: string;
}

/** Blocks of one type: settings and secrets that the server keeps under names. */
export interface Block<In extends object, Out> {
  readonly slug: string;
  /** What the server is told of the type: `sluice block register` sends it. */
  readonly kind: BlockKind;
  /** Makes the type, so that blocks of it can be made at the prompt. What the server knows of it becomes what is said here. `save` does it, too. */
  register(): Promise<void>;
  /** What the block of this name holds, secrets too. NOT_FOUND when there is none; BLOCK_INVALID when the schema does not fit it. */
  load(name: string): Promise<Out>;
  /** Makes a block, and its type when that is not there, and resolves with the block's id. CONFLICT when the name is taken. */
  save(name: string, value: In, options?: { readonly overwrite?: boolean }): Promise<string>;
}

const RULES: Rules = {
  slug: { takes: 'small letters, digits and dashes', fits: (value) => typeof value === 'string' && /^[a-z0-9-]+$/.test(value) },
  schema: rules.schema,
  secrets: rules.tags,
  blocks: {
    takes: 'an object of blocks, or of lists of blocks, as defineBlock makes them',
    fits: (value) => isObject(value) && Object.values(value).every((given) => [given].flat().length > 0 && [given].flat().every(isBlock)),
  },
  name: rules.name,
  description: rules.text,
};

const isBlock = (value: unknown) => isObject(value) && isObject(value['kind']) && typeof value['save'] === 'function';

/**
 * Defines a type of blocks, as a class that extends Prefect's `Block` does: Prefect's clients, 2.13.7 and 3.9.1, read what is saved here
 * under the same slug and name, and the reverse.
 *
 * @example
 * const s3 = defineBlock('s3-credentials', { schema: z.object({ user: z.string(), password: z.string() }), secrets: ['password'] });
 * await s3.save('shop', { user: 'loader', password });
 * const { user, password } = await s3.load('shop');
 */
export function defineBlock<In extends object, Out, const B extends Inside<In> = Record<never, never>>(
  slug: string,
  options: BlockOptions<In, Out, B>,
): Block<WithLoaded<In, B>, Out> {
  checkOptions(`block type ${show(slug, 100)}`, { ...options, slug, schema: options.schema ?? null }, RULES);
  const { schema, secrets = [], name = nameOf(slug), description } = options;
  const inside = Object.fromEntries(
    Object.entries(options.blocks ?? {}).map(([field, given]) => [field, ([given].flat() as AnyBlock[]).map((block) => block.kind)]),
  );
  const json = toJsonSchema(schema, `fields of block type '${slug}'`);
  const kind: BlockKind = { slug, name, description, secrets, json, inside };
  blockFields(kind); // refuses what cannot be told

  const readByName = async (client: Client, block: string) => {
    try {
      return await client.request('GET /block_types/slug/{slug}/block_documents/name/{block_document_name}', {
        params: { slug, block_document_name: block },
        query: { include_secrets: 'true' },
      });
    } catch (error) {
      if (!hasCode(error, 'NOT_FOUND')) throw error;
      throw new SluiceError('NOT_FOUND', `There is no block '${slug}/${block}'.`, {
        hint: 'sluice block ls lists those that are there; save() of the same type makes one.',
      });
    }
  };

  return {
    slug,
    kind,
    register: () => useClient(async (client) => void (await registerBlock(client, kind))),
    load: (block) =>
      useClient(async (client) => {
        const { id, data, block_document_references } = await readByName(client, block);
        const read = await faultsOf(schema, data);
        if ('value' in read) {
          remember(read.value, { id, slug, data: data as JsonObject }, block_document_references);
          return read.value;
        }
        throw new SluiceError('BLOCK_INVALID', `Block '${slug}/${block}' does not fit the schema: ${read.faults.join('; ')}.`, {
          details: read.faults,
          hint: 'Save it again with what the schema asks for, or change the schema.',
        });
      }),
    save: (block, value, { overwrite = false } = {}) =>
      useClient(async (client) => {
        const what = `block '${slug}/${block}'`;
        const { plain, whole, references } = splitLoaded(what, value, inside);
        const read = await faultsOf(schema, whole);
        if ('faults' in read)
          throw new SluiceError('BLOCK_INVALID', `What is saved as ${what} does not fit the schema: ${read.faults.join('; ')}.`, {
            details: read.faults,
            hint: 'Give what the schema asks for, or change the schema.',
          });
        // As it was given: what the schema makes of it need not go through the schema again.
        const data = { ...jsonObject(plain, (_, path) => unstorable(what, path)), ...references };
        const { block_type_id, block_schema_id } = await findOrCreateKind(client, kind);
        try {
          return (await client.request('POST /block_documents/', { body: { name: block, data, block_type_id, block_schema_id } })).id;
        } catch (error) {
          if (!hasCode(error, 'CONFLICT')) throw error;
          if (!overwrite) throw taken(what);
        }
        const { id } = await readByName(client, block);
        await client.request('PATCH /block_documents/{id}', { params: { id }, body: { data, block_schema_id, merge_existing_data: false } });
        return id;
      }),
  };
}

/** Blocks that stand in its fields, apart from the rest, and whole, for the schema. */
function splitLoaded(what: string, value: object, inside: BlockKind['inside']) {
  const loaded = Object.entries(value).flatMap(([field, held]) => {
    const block = savedAs(held);
    return block ? [{ field, ...block }] : [];
  });
  if (loaded.length === 0) return { plain: value, whole: value, references: {} };
  for (const { field, slug } of loaded) {
    const slugs = inside[field]?.map((kind) => kind.slug) ?? [];
    if (!slugs.includes(slug)) throw noPlaceFor(what, { field, slug, slugs });
  }
  const fieldsOf = <T>(held: (block: SavedBlock) => T) => Object.fromEntries(loaded.map((block) => [block.field, held(block)]));
  return {
    plain: { ...value, ...fieldsOf(() => undefined) },
    whole: { ...value, ...fieldsOf(({ data }) => data) },
    references: fieldsOf(({ id }) => ({ $ref: { block_document_id: id } })),
  };
}

const nameOf = (slug: string) => slug.replaceAll(/(^|-)([a-z0-9])/g, (_, dash: string, first: string) => `${dash && ' '}${first.toUpperCase()}`);

const taken = (what: string) =>
  new SluiceError('CONFLICT', `There is a ${what} already.`, { hint: 'Save it with { overwrite: true }, or under another name.' });
const noPlaceFor = (what: string, { field, slug, slugs }: { readonly field: string; readonly slug: string; readonly slugs: readonly string[] }) =>
  new SluiceError(
    'BLOCK_INVALID',
    `What is saved as ${what} has a block of type '${slug}' at '${field}', which takes ${slugs.join(' or ') || 'no block'}.`,
    {
      hint: `Name it in the options of defineBlock, blocks: { ${field}: … }, or give a copy of what it holds: { ...loaded }.`,
    },
  );
/** Names the place and not the value, which may be secret. */
const unstorable = (what: string, path: string) =>
  new SluiceError('BLOCK_INVALID', `What is saved as ${what} is kept as JSON, which does not hold what is at '${path}'.`, {
    hint: 'Give texts, numbers, lists or plain objects.',
  });
