import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { SluiceError } from '@sluice/core/errors/sluice-error';

/** The version whose text the repairs match. */
const VERSION = '3.4.9';

/**
 * postgres.js writes small messages one turn of the event loop later, and forgets that its connection may be gone by then: the write
 * throws where nobody can catch it and ends the process, or the query waits for ever, or the connection that takes its place never
 * sends anything. Mended as in the pull requests 1168 and 1209 there, until a release has it.
 */
const REPAIRS: readonly [string, string][] = [
  [
    '    const x = socket.write(chunk, fn)\n',
    "    if (!socket) {\n      chunk = nextWriteTimer = null\n      error(Errors.connection('CONNECTION_CLOSED', options))\n      return false\n    }\n    const x = socket.write(chunk, fn)\n",
  ],
  [
    '    clearImmediate(nextWriteTimer)\n    if (socket) {\n',
    '    clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n    if (socket) {\n',
  ],
  [
    '    clearImmediate(nextWriteTimer)\n    socket.removeListener(',
    '    clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n    socket.removeListener(',
  ],
  ['    !hadError && (query || sent.length) && error(', '    ;(query || sent.length) && error('],
];

/** Known to every copy of this module in the process: the driver itself is loaded once. */
const MENDED = Symbol.for('sluice.postgres.mended');

const hooks = registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context);
    if (!url.endsWith('/postgres/src/connection.js') || !loaded.source) return loaded;
    const text = typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString();
    const source = REPAIRS.reduce((source, [broken, mended]) => {
      if (!source.includes(broken)) throw unmendable(url);
      return source.replace(broken, mended);
    }, text);
    Reflect.set(globalThis, MENDED, true);
    return { ...loaded, source };
  },
});

/** A driver that loses answers must not be used: the door counts on hearing of every connection that dies. */
function unmendable(url = import.meta.resolve('postgres')): SluiceError {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', url), 'utf8')) as { version: string };
  return new SluiceError('INTERNAL', `The repairs of postgres.js are made for version ${VERSION}, and do not fit the text of ${version}.`, {
    hint: `Install postgres ${VERSION}, as the lock says (npm ci). For another version look at REPAIRS in packages/server/src/db/driver.ts first.`,
  });
}

export const { default: postgres } = await import('postgres');

hooks.deregister();
if (!Reflect.has(globalThis, MENDED)) throw unmendable();
