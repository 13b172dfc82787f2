import { isSluiceError, messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import { systemFault } from '@sluice/core/errors/system-fault';
import { paint } from '../render/paint.ts';
import { unfitFields } from './faults.ts';

function toSluiceError(error: unknown): SluiceError {
  if (isSluiceError(error)) return error;
  const { syscall } = error as NodeJS.ErrnoException;
  const hint = syscall ? undefined : 'This is a fault in Sluice; SLUICE_LOGGING_LEVEL=DEBUG shows where.';
  return systemFault(error) ?? new SluiceError('INTERNAL', messageOf(error), { cause: error, hint });
}

/** Writes an error to standard error, in words or as JSON, and answers with its exit code. */
export function reportError(thrown: unknown, { json }: { json: boolean }): number {
  const error = toSluiceError(thrown);
  const { code, message } = error;
  const hint = unfitFields(error).join('; ') || error.hint;
  if (json) {
    process.stderr.write(`${JSON.stringify({ error: { code, message, hint: hint ?? null } })}\n`);
  } else {
    process.stderr.write(`${paint(['red', 'bold'], 'Error:', process.stderr)} ${message}\n${hint ? `${hint}\n` : ''}`);
  }
  const level = process.env['SLUICE_LOGGING_LEVEL'] ?? process.env['PREFECT_LOGGING_LEVEL'];
  if (level?.toUpperCase() === 'DEBUG') process.stderr.write(`${(thrown as Error)?.stack ?? ''}\n`);
  return error.kind.exit;
}
