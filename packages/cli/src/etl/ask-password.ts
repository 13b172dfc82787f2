import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { SluiceError } from '@sluice/core/errors/sluice-error';

/** Asks on the terminal without showing what is typed. */
export async function askPassword(question: string, what = 'password'): Promise<string> {
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  // While it is asked the terminal makes no signal of Ctrl+C.
  terminal.once('SIGINT', () => {
    terminal.close();
    process.emit('SIGINT', 'SIGINT');
  });
  const closed = Promise.withResolvers<never>();
  terminal.once('close', () =>
    closed.reject(
      new SluiceError('USAGE', `No ${what} was given.`, {
        hint: what === 'password' ? 'Type it, or set PGPASSWORD.' : 'Type it, or write it to standard input.',
      }),
    ),
  );
  try {
    return await Promise.race([terminal.question(''), closed.promise]);
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}
