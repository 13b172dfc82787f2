/** What a person has typed for a pool or a queue; undefined where nothing was touched. */
export interface PlaceFields {
  readonly limit?: string;
  readonly priority?: string;
  readonly description?: string;
}

interface Place {
  readonly concurrency_limit: number | null;
  readonly description: string | null;
  readonly priority?: number;
}

interface Changes {
  concurrency_limit?: number | null;
  description?: string | null;
  priority?: number;
}

/** What is another value than before. */
export function changedOf(before: Place, { limit, priority, description }: PlaceFields): Changes {
  return {
    ...(limit !== undefined && limit !== String(before.concurrency_limit ?? '') && { concurrency_limit: limit === '' ? null : Number(limit) }),
    ...(priority !== undefined && priority !== String(before.priority) && { priority: Number(priority) }),
    ...(description !== undefined && description !== (before.description ?? '') && { description: description || null }),
  };
}
