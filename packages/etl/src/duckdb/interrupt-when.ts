import type { DuckDBConnection } from '@duckdb/node-api';

const AGAIN_MS = 50;

/**
 * Stops what a connection does when the signal is aborted, until it is disposed of. It does so again and again: an interrupt that
 * comes between two statements stops neither of them.
 */
export function interruptWhen(signal: AbortSignal | undefined, connection: Pick<DuckDBConnection, 'interrupt'>): Disposable {
  let again: NodeJS.Timeout | undefined;
  const stop = () => {
    connection.interrupt();
    again ??= setInterval(() => connection.interrupt(), AGAIN_MS);
  };
  if (signal?.aborted) stop();
  else signal?.addEventListener('abort', stop, { once: true });
  return {
    [Symbol.dispose]() {
      signal?.removeEventListener('abort', stop);
      clearInterval(again);
    },
  };
}
