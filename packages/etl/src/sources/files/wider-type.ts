import type { ColumnPlan, TablePlan } from '../../model.ts';

type Typed = Pick<ColumnPlan, 'type' | 'neutral_type' | 'source_type'>;

const as = (type: string, source_type = type): Typed => ({ type, neutral_type: type, source_type });

/** The narrowest type that holds the values of all these columns exactly; null when none does. */
export function widerType(kind: TablePlan['kind'], columns: readonly ColumnPlan[]): Typed | null {
  const sources = new Set(columns.map(({ source_type }) => source_type));
  if (kind === 'csv') return as('VARCHAR', 'text');
  if (kind === 'ndjson') return sources.size === 1 && sources.has('string') ? as('VARCHAR', 'string') : as('JSON', 'mixed');
  const types = columns.map(({ neutral_type }) => neutral_type);
  if (types.some((type) => !isPlain(type))) return null;
  const number = widerNumber(types);
  return as(number ?? 'VARCHAR');
}

/** Lists and structs are not kept as text: what their text means is nowhere written down. */
const isPlain = (type: string): boolean => !/[[\]]|^(?:STRUCT|MAP|UNION|BLOB|VARIANT|GEOMETRY)/.test(type);

/** Digits of whole numbers, and which floats hold all of them. */
const WHOLE: Readonly<Record<string, number>> = {
  UTINYINT: 3,
  TINYINT: 3,
  USMALLINT: 5,
  SMALLINT: 5,
  UINTEGER: 10,
  INTEGER: 10,
  BIGINT: 19,
  UBIGINT: 20,
};

function widerNumber(types: readonly string[]): string | null {
  if (types.every((type) => type === 'FLOAT' || type === 'DOUBLE')) return 'DOUBLE';
  const shapes = types.map(shapeOf);
  if (shapes.some((shape) => shape === null)) {
    const fits = types.every((type) => type === 'FLOAT' || type === 'DOUBLE' || (WHOLE[type] ?? 99) <= 10);
    return fits ? 'DOUBLE' : null;
  }
  const scale = Math.max(...shapes.map((shape) => shape?.scale ?? 0));
  const digits = Math.max(...shapes.map((shape) => shape?.digits ?? 0));
  if (scale > 0 || digits > 20) return digits + scale <= 38 ? `DECIMAL(${digits + scale},${scale})` : null;
  if (types.some((type) => type.startsWith('DECIMAL'))) return digits <= 38 ? `DECIMAL(${digits},0)` : null;
  if (digits <= 5) return 'INTEGER';
  return digits <= 19 ? 'BIGINT' : 'DECIMAL(20,0)';
}

/** Digits before and behind the point; null for what is not an exact number. */
function shapeOf(type: string): { digits: number; scale: number } | null {
  const [, precision, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(type) ?? [];
  if (precision !== undefined) return { digits: Number(precision) - Number(scale), scale: Number(scale) };
  const digits = WHOLE[type];
  return digits === undefined ? null : { digits, scale: 0 };
}
