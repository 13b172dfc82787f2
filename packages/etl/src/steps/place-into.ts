import { formatName, type QualifiedName } from '../names/qualified-name.ts';

/** Schemas that a source has when nobody thinks of one: PostgreSQL's, and that of a folder's own files. */
const PLAIN = ['public', 'main'];

/** Where a table stands with `--into shop`: `public.orders` as `shop.orders`, `sales.orders` as `shop_sales.orders`. */
export const placeInto = ({ schema, name }: QualifiedName, into: string | undefined): QualifiedName =>
  into === undefined ? { schema, name } : { schema: PLAIN.includes(schema) ? into : `${into}_${schema}`, name };

export const noteOnPlace = (target: QualifiedName, into: string | undefined): string[] =>
  into === undefined ? [] : [`In the warehouse it is ${formatName(target)}.`];
