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

/**
 * `begin('at once', …)`: the driver waits for the answer to `begin` before it lets a transaction's statements go, which is a round trip; here
 * the first of them are sent with it. When `begin` fails those are done already, and none that comes after its answer is sent.
 */
const BEGIN_AT_ONCE: readonly [string, string][] = [
  ['      , connection\n      , prepare = null\n', '      , connection\n      , begun\n      , failed\n      , prepare = null\n'],
  [
    "      await sql.unsafe('begin ' + options.replace(/[^a-z ]/ig, ''), [], { onexecute }).execute()\n",
    `      await new Promise((resolve, reject) => {
        const atOnce = options === 'at once'
        begun = atOnce && resolve
        sql.unsafe('begin ' + (atOnce ? '' : options.replace(/[^a-z ]/ig, '')), [], { onexecute }).then(resolve, error => reject(failed = error))
      })
`,
  ],
  [
    '        q.catch(e => uncaughtError || (uncaughtError = e))\n',
    '        q.catch(e => uncaughtError || (uncaughtError = e))\n        if (failed)\n          return q.reject(failed)\n',
  ],
  [
    '        ? c.execute(queries.shift())\n        : move(c, reserved)\n    }\n  }\n',
    '        ? c.execute(queries.shift())\n        : move(c, reserved)\n      begun && begun()\n      return begun\n    }\n  }\n',
  ],
];

const CHANGES = [
  ['/postgres/src/connection.js', REPAIRS],
  ['/postgres/src/index.js', BEGIN_AT_ONCE],
] as const;

/** How many files were changed. Known to every copy of this module in the process: the driver itself is loaded once. */
const CHANGED = Symbol.for('sluice.postgres.changed');
const changed = (): number => Number(Reflect.get(globalThis, CHANGED) ?? 0);

const hooks = registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context);
    const changes = CHANGES.find(([file]) => url.endsWith(file))?.[1];
    if (!changes || !loaded.source) return loaded;
    const text = typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString();
    const source = changes.reduce((source, [broken, mended]) => {
      if (!source.includes(broken)) throw unmendable(url);
      return source.replace(broken, mended);
    }, text);
    Reflect.set(globalThis, CHANGED, changed() + 1);
    return { ...loaded, source };
  },
});

/** A driver that loses answers must not be used: the door counts on hearing of every connection that dies. */
function unmendable(url = import.meta.resolve('postgres')): SluiceError {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', url), 'utf8')) as { version: string };
  return new SluiceError('INTERNAL', `The changes to postgres.js are made for version ${VERSION}, and do not fit the text of ${version}.`, {
    hint: `Install postgres ${VERSION}, as the lock says (npm ci). For another version look at CHANGES in packages/server/src/db/driver.ts first.`,
  });
}

export const { default: postgres } = await import('postgres');

hooks.deregister();
if (changed() < CHANGES.length) throw unmendable();
