import { createHash } from 'node:crypto';
import { type BlockFields, checksumText, nestedBlocks } from '@sluice/core/blocks/block-schema';
import { exactJson } from '@sluice/core/blocks/python-json';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { parseExactJson } from '@sluice/core/lib/exact-json';
import type { BlockSchema } from '@sluice/core/model/block';
import type { Sql } from '../../db/database.ts';
import { EVERYTHING } from '../../events/news.ts';
import { deleteBlockSchema, insertBlockSchema, listCapabilities, readSchemaByChecksum, readTypeIds } from '../../store/block-schemas.ts';
import { compileFilter } from '../../store/filters.ts';
import { listRecords, readRecord } from '../../store/records.ts';
import { expectFound, found } from '../found.ts';
import { createdReply, type Deps, type Handlers, Reply } from '../handlers.ts';

type Keys = Extract<keyof Handlers, `${string} /block_schemas/${string}` | `${string} /block_capabilities/${string}`>;

const view = 'block_schema_view';
const MOST_DEEP = 10;

export const blockSchemaChecksum = (fields: BlockFields): string => `sha256:${createHash('sha256').update(checksumText(fields)).digest('hex')}`;

/** The fields as they were written: whether 60 or 60.0 tells one schema from another. */
const writtenFields = (bodyText: string): BlockFields => (parseExactJson(bodyText) as { fields?: BlockFields | null }).fields ?? {};

export const blockSchemaHandlers = ({ database, database: { sql }, desk, newId }: Deps): Handlers<Keys> => {
  /** The schemas inside, which clients look for by their checksums. */
  async function insertNested(tx: Sql, fields: BlockFields, depth = 0): Promise<void> {
    const nested = nestedBlocks(fields);
    if (nested.length === 0) return;
    if (depth > MOST_DEEP) throw invalid(`The schema has blocks inside of blocks, more than ${MOST_DEEP} deep.`);
    const types = await readTypeIds(
      tx,
      nested.map(({ block_type_slug }) => block_type_slug),
    );
    for (const { block_type_slug: slug, block_schema_checksum, fields: inner } of nested) {
      const block_type_id = types.get(slug);
      if (block_type_id === undefined) throw withoutType(slug);
      if (await readSchemaByChecksum(tx, block_schema_checksum, undefined)) continue;
      if (!inner) throw invalid(`The schema does not define the block of type "${slug}" that it has inside.`);
      await insertNested(tx, inner, depth + 1);
      const schema = { block_type_id, checksum: blockSchemaChecksum(inner), version: 'non-versioned', fields: exactJson(inner), capabilities: [] };
      await insertBlockSchema(tx, newId(), schema);
    }
  }

  return {
    'POST /block_schemas/': async ({ body, bodyText }) => {
      const { block_type_id, version, capabilities } = body;
      if (!(await readRecord(sql, 'block_type_view', { id: block_type_id }))) throw found(`Block type ${block_type_id}`, undefined);
      const fields = writtenFields(bodyText);
      const checksum = blockSchemaChecksum(fields);
      const there = await readSchemaByChecksum(sql, checksum, version);
      if (there !== undefined) return createdReply(there, false);
      const created = await database.transaction(async (tx) => {
        await insertNested(tx, fields);
        return insertBlockSchema(tx, newId(), { block_type_id, checksum, version, capabilities, fields: exactJson(fields) });
      });
      return createdReply(found('Block schema', await readSchemaByChecksum(sql, checksum, version)).body, created);
    },
    'GET /block_schemas/{id}': async ({ params }) => found('Block schema', await readRecord(sql, view, { id: params.id })),
    'GET /block_schemas/checksum/{checksum}': async ({ params, query }) =>
      found('Block schema', await readSchemaByChecksum(sql, params.checksum, query.version)),
    'DELETE /block_schemas/{id}': async ({ params }) => {
      const schema = JSON.parse(found('Block schema', await readRecord(sql, view, { id: params.id })).body) as BlockSchema;
      if (schema.block_type.is_protected) throw isProtected();
      expectFound('Block schema', await deleteBlockSchema(sql, params.id));
      desk.publish({ records: { block_document: [EVERYTHING] } });
    },
    'POST /block_schemas/filter': async ({ body }) =>
      new Reply(await listRecords(sql, view, { ...body, where: compileFilter(sql, 'block_schema', body.block_schemas), order: 'created desc' })),
    'GET /block_capabilities/': async () => listCapabilities(sql),
  };
};

const invalid = (what: string) =>
  new SluiceError('INVALID_REQUEST', what, { hint: 'Send the schema as Prefect registers it, with its definitions.' });
const withoutType = (slug: string) =>
  new SluiceError('CONFLICT', `Cannot create block schema because block type '${slug}' was not found. Did you forget to register the block type?`, {
    hint: 'Create that block type first.',
  });
const isProtected = () =>
  new SluiceError('FORBIDDEN', 'Block schemas for protected block types cannot be deleted.', { hint: 'Delete its blocks, and leave the schema.' });
