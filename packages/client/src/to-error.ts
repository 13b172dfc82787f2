import { type ErrorCode, isErrorCode } from '@sluice/core/errors/catalog';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { isObject } from '@sluice/core/lib/json';
import type { Capabilities } from './capabilities.ts';

/** What a status means when the answer has no code of ours: from a real Prefect server, or from a proxy on the way. */
const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'UNAUTHORIZED',
  403: 'UNAUTHORIZED',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  409: 'CONFLICT',
  410: 'LEASE_EXPIRED',
  413: 'BODY_TOO_LARGE',
  422: 'INVALID_REQUEST',
  423: 'LOCKED',
  502: 'API_UNREACHABLE',
  503: 'DATABASE_UNAVAILABLE',
  504: 'API_UNREACHABLE',
};

function parse(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? body : {};
  } catch {
    return {};
  }
}

const LACKS_OURS = 'What answers there is not a Sluice server: it may lack this route.';

/** The server's error as it was thrown there. */
export function toError(key: string, status: number, text: string, capabilities: Capabilities | undefined): SluiceError {
  const body = parse(text);
  const code = isErrorCode(body['code']) ? body['code'] : (BY_STATUS[status] ?? 'INTERNAL');
  const message = [body['detail'], body['exception_message']].find((part) => typeof part === 'string') ?? `${key} was answered with status ${status}`;
  return new SluiceError(code, message as string, {
    hint: (body['hint'] as string | undefined) ?? (capabilities?.ourRoutes === false && (status === 404 || status === 405) ? LACKS_OURS : undefined),
    details: body['exception_detail'] ?? { status, route: key },
  });
}
