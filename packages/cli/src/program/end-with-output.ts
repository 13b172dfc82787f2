import { EXIT } from '@sluice/core/errors/catalog';

/** A pipe that nobody reads any more, and a terminal that was closed. */
const GONE = new Set(['EPIPE', 'EIO']);

let isOutlived = false;

/** From now on this command goes on when nobody can read what it says: its work is another. */
export function outliveOutput(): void {
  isOutlived = true;
}

/**
 * A reader that has seen enough, such as head, closes the pipe: that is not an error of this side. A command that has something to stop
 * stops it, as when its terminal is closed; others end. Where what they say cannot be written, they have failed.
 */
export function endWithOutput(): void {
  let gone = false;
  const end = (stream: NodeJS.WriteStream) => (error: NodeJS.ErrnoException) => {
    if (isOutlived || gone) return;
    gone = true;
    const isGone = GONE.has(error.code ?? '');
    if (!isGone && stream === process.stdout) process.stderr.write(`Error: the output of this command cannot be written: ${error.message}\n`);
    if (process.listenerCount('SIGHUP') === 0) process.exit(isGone ? EXIT.ok : EXIT.failed);
    process.emit('SIGHUP', 'SIGHUP');
  };
  for (const stream of [process.stdout, process.stderr]) stream.on('error', end(stream));
}
