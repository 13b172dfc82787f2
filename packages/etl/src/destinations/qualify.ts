import { identifier } from '../types/sql.ts';

/** A table of an attached database: in three parts, so that a schema that is called like a catalog is never mistaken for it. */
export const qualify = ({ schema, name }: { readonly schema: string; readonly name: string }, catalog = 'warehouse'): string =>
  `${catalog}.${identifier(schema)}.${identifier(name)}`;
