/** The values that are there, each once. */
export const present = <T>(values: Iterable<T | null | undefined>): Set<T> => new Set([...values].filter((value) => value != null) as T[]);
