import type { Socket } from 'node:net';
import type { ErrorCode } from '@sluice/core/errors/catalog';

/** Answers what is not a request, or not one in time: there is no reply yet to write to. */
export function clientErrorHandler(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const [status, code, detail] = (CLIENT_ERRORS[error.code ?? ''] ?? CLIENT_ERRORS['HPE']) as readonly [string, ErrorCode, string];
  const body = JSON.stringify({ detail, code });
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
  socket.destroySoon();
}

const CLIENT_ERRORS: { readonly [code: string]: readonly [status: string, code: ErrorCode, detail: string] } = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'TIMED_OUT', 'The request did not come in time.'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'INVALID_REQUEST', 'The head of the request is too large.'],
  HPE: ['400 Bad Request', 'INVALID_REQUEST', 'This is not an HTTP request.'],
};
