const KEY = 'sluice.key';

/** The server's clock minus this machine's. Answers tell whole seconds, so a difference below two of them says nothing. */
let skew = 0;

/** Now, by the clock that wrote the instants on this page. */
export const serverNow = () => Date.now() + skew;

/** An answer that is no answer to what was asked. `status` 0: the server was not reached. */
export class ApiError extends Error {
  /** @param {number} status @param {string} message @param {string | undefined} hint */
  constructor(status, message, hint) {
    super(message);
    this.status = status;
    this.hint = hint;
  }
}

/** The key lives as long as the tab, and is known to this origin only. */
export const readKey = () => sessionStorage.getItem(KEY);
export const storeKey = (/** @type {string} */ key) => sessionStorage.setItem(KEY, key);

/** A key goes as Bearer; `user:password`, which is what a server with an auth string asks for, as Basic. */
function authorization() {
  const key = readKey();
  if (!key) return {};
  return { authorization: key.includes(':') ? `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(key)))}` : `Bearer ${key}` };
}

/** @param {Response} response */
function noteClock(response) {
  const date = Date.parse(response.headers.get('date') ?? '');
  const difference = date - Date.now();
  if (Number.isFinite(difference)) skew = Math.abs(difference) < 2000 ? 0 : difference;
}

/** @param {Response} response */
async function toError(response) {
  const body = await response.json().catch(() => ({}));
  const message = body.exception_message ?? body.detail ?? `The server answered with status ${response.status}.`;
  return new ApiError(response.status, String(message), body.hint);
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} body
 * @param {AbortSignal | undefined} signal
 */
async function send(method, path, body, signal) {
  /** @type {RequestInit} */
  const options = {
    method,
    signal: signal ?? null,
    headers: { ...authorization(), ...(body !== undefined && { 'content-type': 'application/json' }) },
  };
  let response;
  try {
    response = await fetch(`/api${path}`, body === undefined ? options : { ...options, body: JSON.stringify(body) });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'The server does not answer.', undefined);
  }
  noteClock(response);
  if (!response.ok) throw await toError(response);
  return response;
}

/**
 * What happens, until `signal` ends it or the connection breaks: each event with its topic and data. `ready` comes first.
 * @param {string[]} topics @param {(topic: string, data: any) => void} tell @param {AbortSignal} signal
 */
export async function readEvents(topics, tell, signal) {
  const response = await send('GET', `/events/stream?topics=${topics.join(',')}`, undefined, signal);
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new ApiError(0, 'The server has ended the connection.', undefined);
    const events = (text + decoder.decode(value, { stream: true })).split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const lines = event.split('\n');
      const field = (/** @type {string} */ name) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const data = field('data');
      if (data !== undefined) tell(field('event') ?? '', JSON.parse(data));
    }
  }
}

/** @param {string} path @param {AbortSignal} [signal] @returns {Promise<any>} */
export const get = async (path, signal) => (await send('GET', path, undefined, signal)).json();

/** @param {string} path @param {unknown} body @param {AbortSignal} [signal] @returns {Promise<any>} */
export const post = async (path, body, signal) => (await send('POST', path, body, signal)).json();
