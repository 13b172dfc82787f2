/** A name as SQL takes it, whatever is in it. The same for PostgreSQL and DuckDB. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** `concat` of any number of texts: PostgreSQL takes at most 100 arguments. */
export function concatAll(texts: readonly string[]): string {
  if (texts.length <= 50) return `concat(${texts.join(', ')})`;
  const groups = Array.from({ length: Math.ceil(texts.length / 50) }, (_, index) => texts.slice(index * 50, index * 50 + 50));
  return concatAll(groups.map(concatAll));
}
