const PAGE = 200;

/** All records of a list that is paged by offset: of short ones, since each page reads those before it too. */
export async function pageAll<T>(list: (page: { limit: number; offset: number }) => Promise<T[]>): Promise<T[]> {
  const all: T[] = [];
  for (;;) {
    const page = await list({ limit: PAGE, offset: all.length });
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

interface Page<T> {
  readonly records: readonly T[];
  readonly next: string | null;
}

/** Records of a list that goes on after the last one seen: all, or as many as asked for. */
export async function pageOn<T>(
  list: (page: { limit: number; after: string | null }) => Promise<Page<T>>,
  { most = Number.POSITIVE_INFINITY, size = PAGE }: { most?: number; size?: number } = {},
): Promise<T[]> {
  const all: T[] = [];
  for (let after: string | null = null; all.length < most; ) {
    const page = await list({ limit: Math.min(size, most - all.length), after });
    all.push(...page.records);
    if (page.next === null) break;
    after = page.next;
  }
  return all;
}
