import { mkdirSync } from 'node:fs';
import { type Logger, pino, stdSerializers } from 'pino';
import { createStream } from 'rotating-file-stream';

interface Options {
  /** Of the file: `server` writes `server.log`. */
  readonly name: string;
  readonly level: string;
  readonly days: number;
}

/** JSON lines into a file: a new one each day or at 50 MB, older ones compressed, kept for `days`. No two processes write the same. */
export function createLogger(folder: string, { name, level, days }: Options): { logger: Logger; close: () => Promise<void> } {
  mkdirSync(folder, { recursive: true });
  const stream = createStream(
    (time) => (time ? `${name}.${(time as Date).toISOString().slice(0, 10)}.${Number(time) % 86_400_000}.log.gz` : `${name}.log`),
    {
      path: folder,
      mode: 0o600,
      interval: '1d',
      size: '50M',
      compress: 'gzip',
      maxFiles: days,
      history: `${name}.history`,
    },
  );
  stream.on('error', () => {}); // a full disk must not end the server; the disk watch reports it
  const logger = pino(
    {
      level: level.toLowerCase().replace('warning', 'warn').replace('critical', 'fatal'),
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { error: stdSerializers.err },
    },
    stream,
  );
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    logger,
    close: () => {
      stream.end(() => resolve());
      return promise;
    },
  };
}
