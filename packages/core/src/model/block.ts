import { z } from 'zod';
import { entityName, jsonObject, stored, uuid } from './common.ts';
import { limited, longText, shortText } from './field-limits.ts';

const told = {
  logo_url: shortText.nullish(),
  documentation_url: shortText.nullish(),
  description: longText.nullish(),
  code_example: longText.nullish(),
};

const dashed = shortText.max(1000).regex(/^[a-z0-9-]*$/, 'must only contain lowercase letters, numbers, and dashes');

/** A kind of block, such as Secret: what it is for, and where its code is described. */
export const BlockType = z.object({
  ...stored,
  name: z.string(),
  slug: z.string(),
  logo_url: z.string().nullable(),
  documentation_url: z.string().nullable(),
  description: z.string().nullable(),
  code_example: z.string().nullable(),
  is_protected: z.boolean(),
});
export type BlockType = z.infer<typeof BlockType>;

export const BlockTypeCreate = z.strictObject({ name: entityName, slug: dashed.min(1), ...told });
export type BlockTypeCreate = z.infer<typeof BlockTypeCreate>;

export const BlockTypeUpdate = z.strictObject(told);
export type BlockTypeUpdate = z.infer<typeof BlockTypeUpdate>;

/** What the blocks of a type hold. Its checksum tells it from all others. */
export const BlockSchema = z.object({
  ...stored,
  checksum: z.string(),
  fields: jsonObject,
  block_type_id: uuid,
  block_type: BlockType,
  capabilities: z.array(z.string()),
  version: z.string(),
});
export type BlockSchema = z.infer<typeof BlockSchema>;

export const BlockSchemaCreate = z.strictObject({
  fields: limited('block_fields', jsonObject).default({}),
  block_type_id: uuid,
  capabilities: limited('tags', z.array(shortText)).default([]),
  version: shortText.default('non-versioned'),
});
export type BlockSchemaCreate = z.infer<typeof BlockSchemaCreate>;

/** A block: settings and secrets under a name. Its secrets are hidden unless they are asked for. */
export const BlockDocument = z.object({
  ...stored,
  name: z.string().nullable(),
  data: jsonObject,
  block_schema_id: uuid,
  block_schema: BlockSchema,
  block_type_id: uuid,
  block_type_name: z.string(),
  block_type: BlockType,
  /** The blocks inside, by the fields in which they stand. */
  block_document_references: z.record(z.string(), z.object({ block_document: jsonObject })),
  is_anonymous: z.boolean(),
});
export type BlockDocument = z.infer<typeof BlockDocument>;

const data = limited('block_data', jsonObject);

export const BlockDocumentCreate = z
  .strictObject({
    name: dashed.nullish(),
    data: data.default({}),
    block_schema_id: uuid,
    block_type_id: uuid,
    is_anonymous: z.boolean().default(false),
  })
  .refine(({ name, is_anonymous }) => is_anonymous || name, { message: 'Names must be provided for block documents.', path: ['name'] });
export type BlockDocumentCreate = z.infer<typeof BlockDocumentCreate>;

export const BlockDocumentUpdate = z.strictObject({
  block_schema_id: uuid.nullish(),
  data: data.optional(),
  merge_existing_data: z.boolean().default(true),
});
export type BlockDocumentUpdate = z.infer<typeof BlockDocumentUpdate>;
