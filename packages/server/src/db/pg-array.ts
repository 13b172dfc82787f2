const quote = (value: string | number | boolean) => `"${String(value).replace(/["\\]/g, '\\$&')}"`;

/** A PostgreSQL array as text, to be cast in the statement: one parameter whatever its length, so statements stay few. */
export function pgArray(values: Iterable<string | number | boolean>): string {
  return `{${Array.from(values, quote).join(',')}}`;
}
