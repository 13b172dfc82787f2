/*
 * A float has two zeros, and many bit patterns for what is not a number. They are equal, so an engine may keep one for the other: DuckDB
 * does in Parquet, and in its own files when it packs a column. They are compared as equal, and a zero with a minus sign is told.
 */

/** The bits that every engine's half uses for what is not a number. */
export const NAN_BITS = { INTEGER: '2143289344', BIGINT: '9221120237041090560' } as const;

/** Behind the name of a column. */
export const SIGNED_ZERO = 'zeros with a minus sign are equal to those without, and may be kept as these';
