import { z } from 'zod';
import {
  BlockDocument,
  BlockDocumentCreate,
  BlockDocumentUpdate,
  BlockSchema,
  BlockSchemaCreate,
  BlockType,
  BlockTypeCreate,
  BlockTypeUpdate,
} from '../model/block.ts';
import { json, uuid } from '../model/common.ts';
import { shortText } from '../model/field-limits.ts';
import { blockDocumentFilters, blockSchemaFilter, blockTypeFilters, page, sort } from './filter-schema.ts';
import { defineRoute } from './route.ts';

const params = z.object({ id: uuid });
const bySlug = z.object({ slug: z.string() });
const secrets = z.object({ include_secrets: z.stringbool().optional() });
const none = { ok: z.undefined(), status: 204 } as const;

const typeRoutes = {
  'POST /block_types/': defineRoute({ summary: 'Create a block type', tag: 'blocks', body: BlockTypeCreate, ok: BlockType, status: 201 }),
  'GET /block_types/{id}': defineRoute({ summary: 'Read a block type', tag: 'blocks', params, ok: BlockType }),
  'GET /block_types/slug/{slug}': defineRoute({ summary: 'Read a block type by its slug', tag: 'blocks', params: bySlug, ok: BlockType }),
  'PATCH /block_types/{id}': defineRoute({ summary: 'Change a block type', tag: 'blocks', params, body: BlockTypeUpdate, ...none }),
  'DELETE /block_types/{id}': defineRoute({ summary: 'Delete a block type, with its blocks', tag: 'blocks', params, ...none }),
  'POST /block_types/filter': defineRoute({
    summary: 'List block types, by name',
    tag: 'blocks',
    body: z.strictObject({ ...blockTypeFilters, ...page }).prefault({}),
    ok: z.array(BlockType),
  }),
  'GET /block_types/slug/{slug}/block_documents': defineRoute({
    summary: 'List the blocks of a type',
    tag: 'blocks',
    params: bySlug,
    query: secrets,
    ok: z.array(BlockDocument),
  }),
  'GET /block_types/slug/{slug}/block_documents/name/{block_document_name}': defineRoute({
    summary: 'Read a block by its type and name',
    tag: 'blocks',
    params: bySlug.extend({ block_document_name: z.string() }),
    query: secrets,
    ok: BlockDocument,
  }),
  'POST /block_types/install_system_block_types': defineRoute({
    summary: 'Install the block types that clients expect to be there',
    tag: 'blocks',
    ok: z.undefined(),
  }),
};

const schemaRoutes = {
  'POST /block_schemas/': defineRoute({
    summary: 'Create a block schema; 200 when it is there',
    tag: 'blocks',
    body: BlockSchemaCreate,
    ok: BlockSchema,
    status: 201,
  }),
  'GET /block_schemas/{id}': defineRoute({ summary: 'Read a block schema', tag: 'blocks', params, ok: BlockSchema }),
  'GET /block_schemas/checksum/{checksum}': defineRoute({
    summary: 'Read a block schema by its checksum, the newest of all versions',
    tag: 'blocks',
    params: z.object({ checksum: z.string() }),
    query: z.object({ version: shortText.optional() }),
    ok: BlockSchema,
  }),
  'DELETE /block_schemas/{id}': defineRoute({ summary: 'Delete a block schema, with its blocks', tag: 'blocks', params, ...none }),
  'POST /block_schemas/filter': defineRoute({
    summary: 'List block schemas, the newest first',
    tag: 'blocks',
    body: z.strictObject({ ...blockSchemaFilter, ...page }).prefault({}),
    ok: z.array(BlockSchema),
  }),
  'GET /block_capabilities/': defineRoute({ summary: 'List what blocks can do', tag: 'blocks', ok: z.array(z.string()) }),
};

const documentRoutes = {
  'POST /block_documents/': defineRoute({
    summary: 'Create a block',
    tag: 'blocks',
    body: BlockDocumentCreate,
    ok: BlockDocument,
    status: 201,
    secret: true,
  }),
  'GET /block_documents/{id}': defineRoute({ summary: 'Read a block', tag: 'blocks', params, query: secrets, ok: BlockDocument }),
  'PATCH /block_documents/{id}': defineRoute({
    summary: 'Change a block',
    tag: 'blocks',
    params,
    body: BlockDocumentUpdate,
    ...none,
    secret: true,
  }),
  'DELETE /block_documents/{id}': defineRoute({ summary: 'Delete a block', tag: 'blocks', params, ...none }),
  'POST /block_documents/filter': defineRoute({
    summary: 'List blocks; anonymous ones only when they are asked for',
    tag: 'blocks',
    body: z
      .strictObject({
        ...blockDocumentFilters,
        /** Sent by every client, read by no server. */
        block_schema_type: json.optional(),
        include_secrets: z.boolean().default(false),
        sort: sort('block_document', 'NAME_ASC'),
        ...page,
      })
      .prefault({}),
    ok: z.array(BlockDocument),
  }),
  'POST /block_documents/count': defineRoute({
    summary: 'Count blocks',
    tag: 'blocks',
    body: z.strictObject(blockDocumentFilters).prefault({}),
    ok: z.int(),
  }),
};

export const blockRoutes = { ...typeRoutes, ...schemaRoutes, ...documentRoutes };
