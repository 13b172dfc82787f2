interface Changes {
  readonly description?: string | null | undefined;
  readonly tags?: readonly string[] | null | undefined;
  readonly priority?: number | null | undefined;
  readonly concurrency_limit?: number | null | undefined;
}

/** What `sluice … update` calls these changes; what is null is cleared. */
export const changeFlags = (
  { priority, description, tags, concurrency_limit: limit }: Changes,
  limitFlag = '--concurrency-limit',
): (string | number)[] => [
  ...(priority ? ['--priority', priority] : []),
  ...(description === undefined ? [] : ['--description', description ?? '']),
  ...(tags ? (tags.length > 0 ? tags.flatMap((tag) => ['--tag', tag]) : ['--clear-tags']) : []),
  ...(limit === undefined ? [] : limit === null ? ['--clear-concurrency-limit'] : [limitFlag, limit]),
];
