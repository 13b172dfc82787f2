import type { RouteOutput } from '@sluice/core/api/routes';
import { question, WATCHED } from './query.ts';

export type Block = RouteOutput<'GET /block_documents/{id}'>;
export type BlockSchema = RouteOutput<'GET /block_schemas/{id}'>;

const MOST = 200;

export const blocks = {
  one: (id: string) => ({ ...question([], 'GET /block_documents/{id}', { params: { id }, query: {} }), ...WATCHED }),
  /** Blocks that can do all of this. */
  that: (capabilities: string[], limit: number) => ({
    ...question([], 'POST /block_documents/filter', { body: { block_schemas: { block_capabilities: { all_: capabilities } }, limit } }),
    staleTime: 0,
  }),
  types: () => question([], 'POST /block_types/filter', { body: { limit: MOST } }),
  /** The newest schema of a type, or none. */
  schemaOf: (type: string) => question([], 'POST /block_schemas/filter', { body: { block_schemas: { block_type_id: { any_: [type] } }, limit: 1 } }),
};
