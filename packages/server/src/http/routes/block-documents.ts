import { keepHidden, type SplitData, splitReferences } from '@sluice/core/blocks/block-data';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { BlockDocumentUpdate, BlockSchema } from '@sluice/core/model/block';
import { uuid } from '@sluice/core/model/common';
import { assembleBlock, openBlock } from '../../blocks/assemble.ts';
import type { Sql } from '../../db/database.ts';
import {
  type BlockRow,
  countBlocks,
  deleteBlockDocument,
  insertBlockDocument,
  lockBlockDocument,
  readBlockTree,
  updateBlockDocument,
  whichBlocks,
  wouldHoldItself,
} from '../../store/block-documents.ts';
import { readRecord } from '../../store/records.ts';
import { expectFound, found, missing } from '../found.ts';
import type { Deps, Handlers } from '../handlers.ts';
import { createBlockReader } from '../read-blocks.ts';

type Keys = Extract<keyof Handlers, `${string} /block_documents/${string}`>;

export const blockDocumentHandlers = (deps: Deps): Handlers<Keys> => {
  const { database, desk, newId, blockSecrets: secrets } = deps;
  const { sql } = database;
  const blocks = createBlockReader(deps);
  const tell = (id: string) => desk.publish({ records: { block_document: [id] } });
  /** Refuses a block that has too much inside. */
  const expectReadable = async (tx: Sql, id: string) =>
    void assembleBlock(id, { rows: await readBlockTree(tx, [id]), secrets, includeSecrets: false });

  return {
    'POST /block_documents/': async ({ body: { data, name, ...block } }) => {
      const id = newId();
      const { own, references } = splitReferences(data);
      const inside = idsOf(references);
      expectFound(`Block type ${block.block_type_id}`, (await readRecord(sql, 'block_type_view', { id: block.block_type_id })) !== undefined);
      expectFound(`Block schema ${block.block_schema_id}`, (await readRecord(sql, 'block_schema_view', { id: block.block_schema_id })) !== undefined);
      const made = { ...block, name: name || `anonymous-${id}`, ...secrets.seal(id, JSON.stringify(own)) };
      const created = await database.transaction(async (tx) => {
        const isNew = await insertBlockDocument(tx, id, made, inside);
        if (isNew) await expectReadable(tx, id);
        return isNew;
      });
      if (!created) throw new SluiceError('CONFLICT', 'Block already exists', { hint: 'Change that one, or choose another name.' });
      tell(id);
      return blocks.read(id);
    },
    'GET /block_documents/{id}': async ({ params, query }) => blocks.read(params.id, query.include_secrets),
    'PATCH /block_documents/{id}': async ({ params: { id }, body }) => {
      await database.transaction(async (tx) => {
        await lockBlockDocument(tx, id);
        const row = (await readBlockTree(tx, [id])).get(id);
        if (!row) throw missing('Block document');
        const schemaId = await expectSchema(tx, row, body.block_schema_id);
        const { own, references } = splitReferences(changed(openBlock(secrets, row), row, body));
        const inside = idsOf(references);
        if (await wouldHoldItself(tx, id, Object.values(inside))) throw invalid('The block would be inside of itself.');
        await updateBlockDocument(tx, id, secrets.seal(id, JSON.stringify(own)), schemaId, inside);
        await expectReadable(tx, id);
      });
      tell(id);
    },
    'DELETE /block_documents/{id}': async ({ params: { id } }) => {
      expectFound('Block document', await deleteBlockDocument(sql, id));
      tell(id);
    },
    'POST /block_documents/filter': async ({ body: { include_secrets: includeSecrets, sort, limit, offset, ...filters } }) =>
      blocks.list(filters, { includeSecrets, sort, limit, offset }),
    'POST /block_documents/count': async ({ body }) => countBlocks(sql, whichBlocks(sql, body)),
  };
};

/** The ids that references name. */
function idsOf(references: SplitData['references']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(references).map(([field, id]) => {
      const { data } = uuid.safeParse(id);
      if (data === undefined) throw invalid(`Received block reference without a block_document_id in key ${field}`);
      return [field, data];
    }),
  );
}

/** What the block holds after the change. Blocks inside stay where a merge says nothing of their fields. */
function changed(current: Record<string, unknown>, row: BlockRow, { data, merge_existing_data }: BlockDocumentUpdate): Record<string, unknown> {
  const update = keepHidden(data ?? {}, current, row.secret_fields ?? []);
  if (!merge_existing_data) return update;
  const inside = Object.entries(row.references).map(([field, block_document_id]) => [field, { $ref: { block_document_id } }]);
  return { ...current, ...Object.fromEntries(inside), ...update };
}

/** The schema that the block has from now on, which is one of its type. */
async function expectSchema(tx: Sql, row: BlockRow, id: string | null | undefined): Promise<string> {
  if (id == null || id === row.block_schema_id) return row.block_schema_id;
  const schema = JSON.parse(found(`Block schema ${id}`, await readRecord(tx, 'block_schema_view', { id })).body) as BlockSchema;
  if (schema.block_type_id === row.block_type_id) return id;
  throw invalid('Must migrate block document to a block schema of the same block type.');
}

const invalid = (what: string) => new SluiceError('BLOCK_INVALID', what, { hint: 'Send the block as Prefect saves it.' });
