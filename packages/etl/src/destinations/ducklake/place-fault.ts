import { formatName, type QualifiedName } from '../../names/qualified-name.ts';

/** Schemas that DuckDB keeps for itself, and ours. It does not tell names apart by case. */
const KEPT: Readonly<Record<string, string>> = {
  information_schema: 'a schema of DuckDB itself',
  pg_catalog: 'a schema of DuckDB itself',
  _sluice: 'the schema of the ledger',
};

/** Why a table cannot stand there, with what to do; null where it can. Asked when it is planned, so that no row is read in vain. */
export function placeFault(table: string, target: QualifiedName): string | null {
  const reason = faultOf(target);
  if (reason === null) return null;
  return `${table} cannot be loaded as ${formatName(target)}: ${reason}. Load it into another schema with --into SCHEMA.`;
}

function faultOf({ schema, name }: QualifiedName): string | null {
  const of = KEPT[schema.toLowerCase()];
  if (of !== undefined) return `in the lake that is ${of}`;
  // There in every lake; under another spelling it would be looked for in vain.
  if (schema.toLowerCase() === 'main' && schema !== 'main') return 'the lake has the schema "main", and DuckDB ignores case in names';
  if (schema === '' || name === '') return 'a name has at least one letter';
  return /\0/.test(schema + name) ? 'a name holds a NUL character' : null;
}
