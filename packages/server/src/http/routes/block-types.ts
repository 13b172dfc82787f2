import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { BlockType } from '@sluice/core/model/block';
import { installSystemBlockTypes } from '../../blocks/system-block-types.ts';
import { EVERYTHING } from '../../events/news.ts';
import { deleteBlockType, insertBlockType, updateBlockType, whichBlockTypes } from '../../store/block-types.ts';
import { listRecords, readRecord } from '../../store/records.ts';
import { expectFound, found } from '../found.ts';
import { type Deps, type Handlers, Reply } from '../handlers.ts';
import { createBlockReader } from '../read-blocks.ts';

type Keys = Extract<keyof Handlers, `${string} /block_types/${string}`>;

const view = 'block_type_view';
const reserved = () =>
  new SluiceError('FORBIDDEN', "Block type names beginning with 'Prefect' are reserved.", { hint: 'Choose another name for the type.' });
const isProtected = () =>
  new SluiceError('FORBIDDEN', 'protected block types cannot be deleted.', { hint: 'Delete its blocks, and leave the type where it is.' });

export const blockTypeHandlers = (deps: Deps): Handlers<Keys> => {
  const { database, desk, newId } = deps;
  const { sql } = database;
  const blocks = createBlockReader(deps);
  const typeOf = async (slug: string) => JSON.parse(found('Block type', await readRecord(sql, view, { slug })).body) as BlockType;

  return {
    'POST /block_types/': async ({ body }) => {
      if (body.name.toLowerCase().startsWith('prefect')) throw reserved();
      const id = newId();
      if (await insertBlockType(sql, id, body)) return found('Block type', await readRecord(sql, view, { id }));
      throw new SluiceError('CONFLICT', `Block type with name "${body.name}" already exists`, {
        hint: 'Change that one, or choose another name and slug.',
      });
    },
    'GET /block_types/{id}': async ({ params }) => found('Block type', await readRecord(sql, view, { id: params.id })),
    'GET /block_types/slug/{slug}': async ({ params }) => found('Block type', await readRecord(sql, view, { slug: params.slug })),
    'PATCH /block_types/{id}': async ({ params, body }) => expectFound('Block type', await updateBlockType(sql, params.id, body)),
    'DELETE /block_types/{id}': async ({ params }) => {
      const type = JSON.parse(found('Block type', await readRecord(sql, view, { id: params.id })).body) as BlockType;
      if (type.is_protected) throw isProtected();
      expectFound('Block type', await deleteBlockType(sql, params.id));
      desk.publish({ records: { block_document: [EVERYTHING] } });
    },
    'POST /block_types/filter': async ({ body }) =>
      new Reply(await listRecords(sql, view, { ...body, where: whichBlockTypes(sql, body), order: 'name' })),
    'GET /block_types/slug/{slug}/block_documents': async ({ params, query }) => {
      const { id } = await typeOf(params.slug);
      return blocks.list({ block_documents: { block_type_id: { any_: [id] } } }, { includeSecrets: query.include_secrets });
    },
    'GET /block_types/slug/{slug}/block_documents/name/{block_document_name}': async ({ params, query }) =>
      blocks.readNamed(params.slug, params.block_document_name, query.include_secrets),
    'POST /block_types/install_system_block_types': async () => {
      await installSystemBlockTypes(database);
      return undefined;
    },
  };
};
