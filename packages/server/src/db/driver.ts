import { registerHooks } from 'node:module';

/**
 * postgres.js 3.4.9 writes small messages a turn of the loop later, and forgets that its connection may be gone by then: the write
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

const hooks = registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context);
    if (!url.endsWith('/postgres/src/connection.js') || !loaded.source) return loaded;
    const text = typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString();
    return { ...loaded, source: REPAIRS.reduce((source, [broken, mended]) => source.replace(broken, mended), text) };
  },
});

export const { default: postgres } = await import('postgres');

hooks.deregister();
