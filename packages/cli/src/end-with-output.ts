/** A pipe that nobody reads any more, and a terminal that was closed. */
const GONE = new Set(['EPIPE', 'EIO']);

/**
 * A reader that has seen enough, such as head, closes the pipe: that is no error of this side. A command that has something to stop
 * stops it, as when its terminal is closed; others end.
 */
export function endWithOutput(): void {
  let gone = false;
  const end = (error: NodeJS.ErrnoException) => {
    if (!GONE.has(error.code ?? '')) throw error;
    if (gone) return;
    gone = true;
    if (process.listenerCount('SIGHUP') === 0) process.exit(0);
    process.emit('SIGHUP', 'SIGHUP');
  };
  process.stdout.on('error', end);
  process.stderr.on('error', end);
}
