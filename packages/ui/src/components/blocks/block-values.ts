import { hideSecrets } from '@sluice/core/blocks/block-data';
import { isObject } from '@sluice/core/lib/json';
import type { Block, BlockSchema } from '../../api/blocks.ts';

type Values = { readonly [field: string]: unknown };

const namesIn = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((name) => typeof name === 'string') : []);

/** As nobody may read them from a screen. */
export const hidden = (values: Values, { fields }: Pick<BlockSchema, 'fields'>): Values => hideSecrets(values, namesIn(fields['secret_fields']));

/** The fields of a schema for a form. Another block that stands in one is named by its id, as the server takes it. */
export function formSchema({ fields }: Pick<BlockSchema, 'fields'>): object {
  const inner = isObject(fields['block_schema_references']) ? Object.keys(fields['block_schema_references']) : [];
  const properties = isObject(fields['properties']) ? fields['properties'] : {};
  const other = (name: string) => ({
    title: name,
    type: 'object',
    description: 'Another block: $ref with its block_document_id.',
    additionalProperties: true,
  });
  return {
    ...fields,
    description: undefined,
    properties: Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, inner.includes(name) ? other(name) : property])),
  };
}

/** What a block holds as it is sent back: secrets stay hidden, which the server takes for unchanged, and blocks inside are their ids. */
export function toChange({ data, block_document_references: inside }: Block): Values {
  const references = Object.entries(inside).map(([field, { block_document }]) => [field, { $ref: { block_document_id: block_document['id'] } }]);
  return { ...data, ...Object.fromEntries(references) };
}
