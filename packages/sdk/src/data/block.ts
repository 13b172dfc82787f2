import type { Client } from '@sluice/client';
import type { ErrorCode } from '@sluice/core/errors/catalog';
import { isSluiceError, SluiceError } from '@sluice/core/errors/sluice-error';
import { checkOptions, type Rules, rules } from '../options.ts';
import { faultsOf, type Schema, toJsonSchema } from '../params.ts';
import { useClient } from '../settings/use-client.ts';
import { show } from '../text/show.ts';
import { jsonObject } from '../values/parameters.ts';
import { blockFields } from './block-fields.ts';
import { type BlockKind, findOrCreateKind, registerBlock } from './register-block.ts';

type Field<In> = keyof In & string;

export interface BlockOptions<In extends object, Out> {
  /** What a block holds, as it is given to `save`; `load` gives what the schema makes of it. */
  readonly schema: Schema<In, Out>;
  /** Fields that are hidden from whoever does not ask for them: `password`, `login.password`, or `headers.*` for all values inside. */
  readonly secrets?: readonly (Field<In> | `${Field<In>}.${string}`)[];
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
  name: rules.name,
  description: rules.text,
};

const hasCode = (error: unknown, code: ErrorCode) => isSluiceError(error) && error.code === code;

/**
 * Defines a type of blocks, as a class that extends Prefect's `Block` does: Prefect's clients, 2.13.7 and 3.9.1, read what is saved here
 * under the same slug and name, and the reverse.
 *
 * @example
 * const s3 = defineBlock('s3-credentials', { schema: z.object({ user: z.string(), password: z.string() }), secrets: ['password'] });
 * await s3.save('shop', { user: 'loader', password });
 * const { user, password } = await s3.load('shop');
 */
export function defineBlock<In extends object, Out>(slug: string, options: BlockOptions<In, Out>): Block<In, Out> {
  checkOptions(`block type ${show(slug, 100)}`, { ...options, slug, schema: options.schema ?? null }, RULES);
  const { schema, secrets = [], name = nameOf(slug), description } = options;
  const fields = blockFields({ slug, name, description, secrets, json: toJsonSchema(schema, `fields of block type '${slug}'`) });

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

  const kind: BlockKind = { slug, name, ...(description !== undefined && { description }), fields };

  return {
    slug,
    kind,
    register: () => useClient(async (client) => void (await registerBlock(client, kind))),
    load: (block) =>
      useClient(async (client) => {
        const { data } = await readByName(client, block);
        const read = await faultsOf(schema, data);
        if ('value' in read) return read.value;
        throw new SluiceError('BLOCK_INVALID', `Block '${slug}/${block}' does not fit the schema: ${read.faults.join('; ')}.`, {
          details: read.faults,
          hint: 'Save it again with what the schema asks for, or change the schema.',
        });
      }),
    save: (block, value, { overwrite = false } = {}) =>
      useClient(async (client) => {
        const what = `block '${slug}/${block}'`;
        const read = await faultsOf(schema, value);
        if ('faults' in read)
          throw new SluiceError('BLOCK_INVALID', `What is saved as ${what} does not fit the schema: ${read.faults.join('; ')}.`, {
            details: read.faults,
            hint: 'Give what the schema asks for, or change the schema.',
          });
        // As it was given: what the schema makes of it need not go through the schema again.
        const data = jsonObject(value, (_, path) => unstorable(what, path));
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

const nameOf = (slug: string) => slug.replaceAll(/(^|-)([a-z0-9])/g, (_, dash: string, first: string) => `${dash && ' '}${first.toUpperCase()}`);

const taken = (what: string) =>
  new SluiceError('CONFLICT', `There is a ${what} already.`, { hint: 'Save it with { overwrite: true }, or under another name.' });
/** Names the place and not the value, which may be secret. */
const unstorable = (what: string, path: string) =>
  new SluiceError('BLOCK_INVALID', `What is saved as ${what} is kept as JSON, which does not hold what is at '${path}'.`, {
    hint: 'Give texts, numbers, lists or plain objects.',
  });
