/** What an error code means: HTTP status, whether trying again can help, and the exit code of a command that ends with it. */
export interface ErrorKind {
  readonly status: number;
  readonly retryable: boolean;
  readonly exit: number;
}

/**
 * Exit codes of every command: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 not allowed, 5 server or source unreachable,
 * 6 the run crashed, 7 it was cancelled, 8 some tables could not be read, 124 timed out, 130 stopped by Ctrl+C.
 */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  auth: 4,
  unreachable: 5,
  crashed: 6,
  cancelled: 7,
  unreadable: 8,
  timeout: 124,
  interrupted: 130,
} as const;

const kind = (status: number, exit: number, retryable = false): ErrorKind => ({ status, exit, retryable });

export const ERRORS = {
  NOT_FOUND: kind(404, EXIT.notFound),
  ROUTE_NOT_FOUND: kind(404, EXIT.usage),
  METHOD_NOT_ALLOWED: kind(405, EXIT.usage),
  INVALID_JSON: kind(422, EXIT.usage),
  INVALID_REQUEST: kind(422, EXIT.usage),
  INVALID_TEXT: kind(422, EXIT.usage),
  UNSUPPORTED_API_VERSION: kind(400, EXIT.usage),
  BODY_TOO_LARGE: kind(413, EXIT.usage),
  PARAMETERS_INVALID: kind(409, EXIT.usage),
  CONFLICT: kind(409, EXIT.failed),
  RUN_NOT_SCHEDULED: kind(400, EXIT.failed),
  LOCKED: kind(423, EXIT.failed, true),
  LEASE_EXPIRED: kind(410, EXIT.failed),
  TIMED_OUT: kind(504, EXIT.timeout),
  WAIT_DEADLOCK: kind(409, EXIT.failed),
  UNAUTHORIZED: kind(401, EXIT.auth),
  TOO_MANY_REQUESTS: kind(429, EXIT.unreachable, true),
  DATABASE_UNAVAILABLE: kind(503, EXIT.unreachable, true),
  INTERNAL: kind(500, EXIT.failed),
  API_UNREACHABLE: kind(503, EXIT.unreachable, true),
  PORT_IN_USE: kind(500, EXIT.failed),
  HOME_IN_USE: kind(500, EXIT.failed),
  DISK_FULL: kind(507, EXIT.failed),
  INVALID_SETTING: kind(500, EXIT.usage),
  UNSAFE_HOST: kind(500, EXIT.usage),
  DATABASE_UNSUPPORTED: kind(500, EXIT.failed),
  USAGE: kind(400, EXIT.usage),
  ENTRYPOINT_INVALID: kind(500, EXIT.usage),
  FLOW_RUN_FAILED: kind(500, EXIT.failed),
  SOURCE_UNREACHABLE: kind(500, EXIT.unreachable),
  TABLE_UNREADABLE: kind(500, EXIT.unreadable),
  TABLE_UNVERIFIED: kind(500, EXIT.failed),
  PARTS_MISSING: kind(500, EXIT.failed, true),
  WAREHOUSE_LOCKED: kind(423, EXIT.failed, true),
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;

export const isErrorCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(ERRORS, code);
