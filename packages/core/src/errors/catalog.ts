/** What an error code means: HTTP status, whether trying again can help, and the exit code of a command that ends with it. */
export interface ErrorKind {
  readonly status: number;
  /** It passes: trying again in a moment helps. */
  readonly retryable: boolean;
  /** It stays until somebody changes something: a task or flow that fails with it is not tried again. */
  readonly lasting: boolean;
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

const kind = (status: number, exit: number, retryable = false): ErrorKind => ({ status, exit, retryable, lasting: false });
const lasting = (status: number, exit: number): ErrorKind => ({ status, exit, retryable: false, lasting: true });

export const ERRORS = {
  NOT_FOUND: kind(404, EXIT.notFound),
  ROUTE_NOT_FOUND: lasting(404, EXIT.usage),
  METHOD_NOT_ALLOWED: lasting(405, EXIT.usage),
  UPGRADE_REQUIRED: lasting(426, EXIT.usage),
  INVALID_JSON: lasting(422, EXIT.usage),
  INVALID_REQUEST: lasting(422, EXIT.usage),
  INVALID_TEXT: lasting(422, EXIT.usage),
  UNSUPPORTED_API_VERSION: lasting(400, EXIT.usage),
  BODY_TOO_LARGE: lasting(413, EXIT.usage),
  PARAMETERS_INVALID: lasting(409, EXIT.usage),
  BLOCK_INVALID: lasting(400, EXIT.usage),
  CONFLICT: lasting(409, EXIT.failed),
  GRAPH_TOO_LARGE: lasting(400, EXIT.failed),
  RUN_NOT_SCHEDULED: lasting(400, EXIT.failed),
  NO_WORK_POOL: lasting(400, EXIT.usage),
  TOO_MANY_RUNS: lasting(400, EXIT.usage),
  LOCKED: kind(423, EXIT.failed, true),
  LEASE_EXPIRED: kind(410, EXIT.failed),
  TIMED_OUT: kind(504, EXIT.timeout),
  WAIT_DEADLOCK: kind(409, EXIT.failed),
  UNAUTHORIZED: lasting(401, EXIT.auth),
  FORBIDDEN: lasting(403, EXIT.auth),
  TOO_MANY_REQUESTS: kind(429, EXIT.unreachable, true),
  DATABASE_UNAVAILABLE: kind(503, EXIT.unreachable, true),
  INTERNAL: kind(500, EXIT.failed),
  API_UNREACHABLE: kind(503, EXIT.unreachable, true),
  PORT_IN_USE: kind(500, EXIT.failed),
  HOME_IN_USE: kind(500, EXIT.failed),
  DISK_FULL: kind(507, EXIT.failed),
  BUNDLE_TOO_LARGE: lasting(413, EXIT.usage),
  BUNDLE_BROKEN: kind(409, EXIT.failed),
  BUNDLE_UNUSABLE: kind(500, EXIT.failed),
  PLACE_UNUSABLE: lasting(500, EXIT.failed),
  TOO_MANY_FILES: kind(503, EXIT.failed),
  INVALID_SETTING: lasting(500, EXIT.usage),
  UNSAFE_HOST: lasting(500, EXIT.usage),
  DATABASE_UNSUPPORTED: lasting(500, EXIT.failed),
  USAGE: lasting(400, EXIT.usage),
  ENTRYPOINT_INVALID: lasting(500, EXIT.usage),
  RESULT_REFUSED: lasting(422, EXIT.failed),
  FLOW_RUN_FAILED: kind(500, EXIT.failed),
  SECRET_UNREADABLE: lasting(409, EXIT.failed),
  SOURCE_UNREACHABLE: kind(500, EXIT.unreachable),
  TABLE_UNREADABLE: kind(500, EXIT.unreadable),
  TABLE_UNVERIFIED: kind(500, EXIT.failed),
  PARTS_MISSING: kind(500, EXIT.failed, true),
  WAREHOUSE_LOCKED: kind(423, EXIT.failed, true),
  WAREHOUSE_UNREACHABLE: kind(500, EXIT.unreachable),
  EXTENSION_MISSING: lasting(500, EXIT.unreachable),
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;

export const isErrorCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(ERRORS, code);
