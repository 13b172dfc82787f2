import { type Client, pageAll } from '@sluice/client';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { BlockDocument, BlockSchema, BlockType } from '@sluice/core/model/block';
import { called } from '../program/called.ts';
import { orNearest } from './or-nearest.ts';

/** How blocks are named: each type has its own names. */
export const blockPath = ({ name, block_type: { slug } }: Pick<BlockDocument, 'name' | 'block_type'>): string => `${slug}/${name}`;

export const listBlocks = (client: Client): Promise<BlockDocument[]> =>
  pageAll((page) => client.request('POST /block_documents/filter', { body: page }));

export const listBlockTypes = (client: Client): Promise<BlockType[]> => pageAll((page) => client.request('POST /block_types/filter', { body: page }));

interface Wanted {
  /** `type/name`. */
  readonly path: string | undefined;
  readonly id: string | undefined;
}

/** A block without its secrets, or an error that gives the nearest names. */
export async function findBlock(client: Client, { path, id }: Wanted): Promise<BlockDocument> {
  if ((path === undefined) === (id === undefined)) throw usage('Give either a block, as type/name, or its id.');
  if (id !== undefined) return client.request('GET /block_documents/{id}', { params: { id }, query: {} });
  const [slug, name, ...more] = (path ?? '').split('/');
  if (!slug || !name || more.length > 0) throw usage(`"${path}" is not the name of a block. Write it as type/name, such as secret/token.`);
  return orNearest(
    client.request('GET /block_types/slug/{slug}/block_documents/name/{block_document_name}', {
      params: { slug, block_document_name: name },
      query: {},
    }),
    { noun: 'block', name: path ?? '', listed: called('block ls') },
    async () => (await listBlocks(client)).map(blockPath),
  );
}

/** A type of blocks by its slug, or an error that gives the nearest slugs. */
export const findBlockType = (client: Client, slug: string): Promise<BlockType> =>
  orNearest(
    client.request('GET /block_types/slug/{slug}', { params: { slug } }),
    { noun: 'block type', name: slug, listed: called('block type ls') },
    async () => (await listBlockTypes(client)).map((type) => type.slug),
  );

const usage = (what: string) => new SluiceError('USAGE', what, { hint: `${called('block ls')} lists them.` });

/** The newest schema of a type: what a block that is made now holds. */
export async function newestSchema(client: Client, type: BlockType): Promise<BlockSchema> {
  const [newest] = await client.request('POST /block_schemas/filter', { body: { block_schemas: { block_type_id: { any_: [type.id] } }, limit: 1 } });
  if (newest) return newest;
  throw new SluiceError('NOT_FOUND', `Nothing says what a block of type ${type.slug} holds.`, {
    hint: `${called('block register --file FILE')} does, with a file that exports its type.`,
  });
}
