const PAGE = 200;

/** The first records of a list, as many as asked for, in pages that the server takes. */
export async function listUpTo<T>(count: number, list: (page: { limit: number; offset: number }) => Promise<T[]>): Promise<T[]> {
  const all: T[] = [];
  while (all.length < count) {
    const limit = Math.min(PAGE, count - all.length);
    const page = await list({ limit, offset: all.length });
    all.push(...page);
    if (page.length < limit) break;
  }
  return all;
}
