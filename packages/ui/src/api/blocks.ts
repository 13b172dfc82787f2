import type { RouteInput, RouteOutput } from '@sluice/core/api/routes';
import { question, UNTOLD } from './query.ts';

export type Block = RouteOutput<'GET /block_documents/{id}'>;
export type BlockSchema = RouteOutput<'GET /block_schemas/{id}'>;

type Filter = NonNullable<RouteInput<'POST /block_documents/filter'>['body']>;

const MOST = 200;

export const blocks = {
  one: (id: string) => question(['block_document'], 'GET /block_documents/{id}', { params: { id }, query: {} }),
  list: (body: Filter) => question(['block_document'], 'POST /block_documents/filter', { body }),
  /** A program may register another one. */
  types: () => ({ ...question([], 'POST /block_types/filter', { body: { limit: MOST } }), ...UNTOLD }),
  /** The newest schema of a type, or none. */
  schemaOf: (type: string) => question([], 'POST /block_schemas/filter', { body: { block_schemas: { block_type_id: { any_: [type] } }, limit: 1 } }),
};
