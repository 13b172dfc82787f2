import type { QualifiedName } from '../../names/qualified-name.ts';

/** A name as the SQL of MySQL takes it. */
export const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

export const quotedTable = ({ schema, name }: QualifiedName): string => `${quoted(schema)}.${quoted(name)}`;
