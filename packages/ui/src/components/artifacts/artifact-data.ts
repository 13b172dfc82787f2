import { isObject, type Json } from '@sluice/core/lib/json';

/** An artifact's table: names of columns, and the rows by them. */
export interface ArtifactTable {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly [column: string]: Json }[];
}

/** Clients send tables as JSON in a text. */
function readData(data: Json): Json {
  if (typeof data !== 'string') return data;
  try {
    return JSON.parse(data) as Json;
  } catch {
    return data;
  }
}

/**
 * Prefect's tables: a list of rows, a list of lists, or an object of columns. Undefined for what is none of them.
 */
export function tableOf(data: Json): ArtifactTable | undefined {
  const value = readData(data);
  if (Array.isArray(value) && value.length > 0 && value.every((row) => isObject(row))) {
    return { columns: [...new Set(value.flatMap((row) => Object.keys(row)))], rows: value as ArtifactTable['rows'] };
  }
  if (Array.isArray(value) && value.length > 0 && value.every(Array.isArray)) {
    const lists = value as readonly (readonly Json[])[];
    const width = Math.max(...lists.map((row) => row.length));
    const columns = Array.from({ length: width }, (_, index) => String(index + 1));
    return { columns, rows: lists.map((row) => Object.fromEntries(row.map((cell, index) => [String(index + 1), cell]))) };
  }
  if (isObject(value) && Object.keys(value).length > 0 && Object.values(value).every(Array.isArray)) {
    const lists = value as { readonly [column: string]: readonly Json[] };
    const columns = Object.keys(lists);
    const length = Math.max(...Object.values(lists).map((list) => list.length));
    return {
      columns,
      rows: Array.from({ length }, (_, index) => Object.fromEntries(columns.map((column) => [column, lists[column]?.[index] ?? null]))),
    };
  }
  return undefined;
}

/** How far something is, 0 to 100; undefined for what is no number. */
export function progressOf(data: Json): number | undefined {
  const value = Number(typeof data === 'number' || typeof data === 'string' ? data : Number.NaN);
  return Number.isFinite(value) ? Math.min(100, Math.max(0, value)) : undefined;
}

/** One line of it, for a list. */
export function summaryOf({ type, data }: { readonly type: string | null; readonly data: Json }): string {
  if (type === 'table') {
    const table = tableOf(data);
    if (table) return `${table.rows.length} ${table.rows.length === 1 ? 'row' : 'rows'} of ${table.columns.join(', ')}`;
  }
  if (type === 'progress') return `${progressOf(data) ?? '?'} %`;
  const text = typeof data === 'string' ? data : (JSON.stringify(data) ?? '');
  return text
    .slice(0, 300)
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[#*_`>|]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
