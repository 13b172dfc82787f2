import { isSluiceError } from '@sluice/core/errors/sluice-error';
import { passing, refusal, statusFault } from './faults.ts';
import type { Place, Request } from './place.ts';
import { type Watch, watch } from './watch.ts';

/** How patient we are. */
export interface Limits {
  /** So long nothing may come. */
  readonly stallMs: number;
  /** So often in a row a file may fail to come on. */
  readonly tries: number;
  readonly pauseMs: number;
}

export const LIMITS: Limits = { stallMs: 60_000, tries: 5, pauseMs: 500 };

export interface Asking {
  readonly limits: Limits;
  readonly signal: AbortSignal;
}

/** What came, as far as its headers. Who does not read it to its end has to dispose of it. */
export interface Answer extends AsyncDisposable {
  readonly status: number;
  readonly headers: Headers;
  /** The body as it comes; it gives up when nothing comes for long. */
  chunks(): AsyncGenerator<Uint8Array>;
  text(): Promise<string>;
}

const MOST_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Statuses that are answers to what we ask. */
const ANSWERS = new Set([200, 206, 304, 416]);

type Asked = Pick<Place, 'show' | 'request' | 'redirect' | 'refused'>;

/** Asks a place for a file, along redirects that may be followed. What may pass is thrown as such: see `passing`. */
export async function ask(place: Asked, path: string, headers: Readonly<Record<string, string>>, { limits, signal }: Asking): Promise<Answer> {
  const watching = watch(limits.stallMs, signal);
  try {
    const response = await follow(place, path, await place.request(path, headers), watching);
    if (!ANSWERS.has(response.status)) throw await statusFault(response, place, path);
    return answerOf(response, watching, place.show(path));
  } catch (error) {
    watching[Symbol.dispose]();
    signal.throwIfAborted();
    throw isSluiceError(error) ? error : passing(error, place.show(path), watching.isStalled);
  }
}

async function follow(place: Asked, path: string, { url, headers }: Request, watching: Watch): Promise<Response> {
  let at = url;
  // Behind the signature: a proxy may change it. What is unpacked on the way has other bytes than were promised.
  let sent: Record<string, string> = { ...headers, 'accept-encoding': 'identity' };
  for (let hops = 0; ; hops++) {
    const response = await fetch(at.href, { headers: sent, redirect: 'manual', signal: watching.signal });
    watching.beat();
    const location = REDIRECTS.has(response.status) ? response.headers.get('location') : null;
    if (!REDIRECTS.has(response.status)) return response;
    await response.body?.cancel();
    const to = location !== null && URL.canParse(location, at.href) ? new URL(location, at) : undefined;
    const fault = to === undefined ? 'it is sent on to nowhere' : hops === MOST_REDIRECTS ? 'it is sent on and on' : place.redirect(at, to);
    if (to === undefined || fault !== null) throw refusal(place, path, fault ?? '');
    if (to.origin !== at.origin) {
      const { authorization: _login, ...others } = sent;
      sent = others;
    }
    at = Object.assign(to, { username: '', password: '' });
  }
}

function answerOf(response: Response, watching: Watch, shown: string): Answer {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of response.body ?? []) {
        watching.beat();
        yield chunk as Uint8Array;
        watching.beat();
      }
    } catch (error) {
      watching.expectGoing();
      throw isSluiceError(error) ? error : passing(error, shown, watching.isStalled);
    }
  }
  return {
    status: response.status,
    headers: response.headers,
    chunks,
    text: async () => {
      const parts: Uint8Array[] = [];
      for await (const chunk of chunks()) parts.push(chunk);
      return Buffer.concat(parts).toString('utf8');
    },
    [Symbol.asyncDispose]: async () => {
      watching[Symbol.dispose]();
      // One that has failed cannot be cancelled, and needs not.
      if (response.body && !response.body.locked) await response.body.cancel().catch(() => undefined);
    },
  };
}
