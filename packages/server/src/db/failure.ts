const code = (error: unknown): string => String((error as { code?: unknown })?.code ?? '');

/** The connection is gone or the database is starting, stopping or full of connections: trying again can help. */
export function isUnavailable(error: unknown): boolean {
  return /^(08|57P0|53300)|^(CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|ENOENT|ETIMEDOUT|EHOSTUNREACH)/.test(code(error));
}

/** Another transaction was in the way: the same work succeeds when it is done again. */
export function isConflict(error: unknown): boolean {
  return /^(40001|40P01|55P03|23505)$/.test(code(error));
}

/** A statement took longer than it may. */
export const isTimeout = (error: unknown): boolean => code(error) === '57014';

/** The disk is full. */
export const isDiskFull = (error: unknown): boolean => code(error) === '53100' || code(error) === 'ENOSPC';

/** Text that PostgreSQL cannot hold, or a number or time outside its range. */
export const isDataError = (error: unknown): boolean => code(error).startsWith('22');

/** A record that this one refers to does not exist, or still refers to this one. */
export const isForeignKeyError = (error: unknown): boolean => code(error) === '23503';

export const isUniqueError = (error: unknown): boolean => code(error) === '23505';

/** What is to be dropped has something built on it that is not. */
export const isOthersInTheWay = (error: unknown): boolean => code(error) === '2BP01';
