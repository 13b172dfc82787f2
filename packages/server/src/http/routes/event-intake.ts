import { EventCreate } from '@sluice/core/model/event';
import { wellFormed } from '@sluice/core/text/safe-text';
import type { EventIntake } from '../../events/intake.ts';
import type { Deps, Handlers } from '../handlers.ts';
import { CLOSE, type JsonSocket } from '../sockets/json-socket.ts';

type Keys = 'POST /events' | 'GET /events/in';

/** More than this are not read before some of them are stored. */
const MOST_WAITING = 10_000;

export const eventIntakeHandlers = ({ intake }: Deps): Handlers<Keys> => ({
  'POST /events': async ({ body }) => {
    await intake.add(body);
  },
  'GET /events/in': ({ socket }) => takeEvents(socket, intake),
});

/** Reads events until the client is gone. A ping is answered when all that came before it is durable: that is the client's checkpoint. */
async function takeEvents(socket: JsonSocket, intake: EventIntake): Promise<void> {
  let last: Promise<void> = Promise.resolve();
  socket.onPing = () => last;
  for (let text = await socket.receive(); text !== undefined; text = await socket.receive()) {
    const event = readEvent(text);
    if (typeof event === 'string') {
      await last;
      return socket.close(CLOSE.protocol, event);
    }
    last = intake.add([event]);
    last.catch(() => socket.close(CLOSE.later, 'The event could not be stored.'));
    if (intake.waiting() > MOST_WAITING) await last.catch(() => {});
  }
  await last;
}

/** The event of a message; a sentence when it is none. Text that cannot be stored is mended: a task run must not be lost for it. */
function readEvent(text: string): EventCreate | string {
  try {
    const parsed = EventCreate.safeParse(JSON.parse(text, MAY_BE_BROKEN.test(text) ? mend : undefined));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    return `Invalid event: ${issue?.path.join('.')}: ${issue?.message}`;
  } catch {
    return 'Invalid event: not JSON';
  }
}

const MAY_BE_BROKEN = /\\u0000|\\ud[89a-f]|__proto__|\\u005f/i;

function mend(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return wellFormed(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => (key === '__proto__' ? [] : [[wellFormed(key), inner]])));
}
