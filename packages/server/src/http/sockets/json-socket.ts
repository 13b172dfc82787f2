import type { RawData, WebSocket } from 'ws';

/** What websockets say when they close: RFC 6455, and what Prefect's clients know. */
export const CLOSE = { done: 1000, goingAway: 1001, protocol: 1002, tooLarge: 1009, policy: 1008, later: 1013 } as const;

/** A reason holds 123 bytes. */
const MAX_REASON = 120;
/** So much may wait to be sent before the writer has to wait itself. */
const MOST_UNSENT = 1024 * 1024;
/** So many messages may wait to be read before the sender has to wait. */
const MOST_UNREAD = 500;
/** A client that takes nothing for so long is gone. */
const STALL_MS = 30_000;

/** A websocket as messages of text, which neither side can flood: who reads or takes nothing is not sent to. */
export class JsonSocket {
  readonly #ws: WebSocket;
  readonly #unread: string[] = [];
  readonly #closed = new AbortController();
  #wake: (() => void) | undefined;
  #received = 0;
  #taken = 0;
  /** Pings that are answered when so many messages were dealt with. */
  #pings: { readonly after: number; readonly resolve: () => void }[] = [];
  /** Answers a ping: at once, unless the reader of the socket wants to have done something first. */
  onPing: () => void | Promise<void> = () => {};

  constructor(ws: WebSocket) {
    this.#ws = ws;
    ws.on('message', (data: RawData) => {
      this.#unread.push(String(data));
      this.#received++;
      if (this.#unread.length >= MOST_UNREAD) ws.pause();
      this.#wake?.();
    });
    ws.on('ping', (data: Buffer) => void this.#pong(data));
    ws.on('error', () => ws.terminate());
    ws.on('close', () => {
      this.#closed.abort();
      this.#wake?.();
    });
  }

  /** Aborted when the client is gone. */
  get signal(): AbortSignal {
    return this.#closed.signal;
  }

  /** A ping counts for the messages before it, also for those that wait to be read. */
  async #pong(data: Buffer): Promise<void> {
    try {
      const after = this.#received;
      if (this.#dealtWith < after) await new Promise<void>((resolve) => this.#pings.push({ after, resolve }));
      await this.onPing();
      if (this.#ws.readyState === this.#ws.OPEN) this.#ws.pong(data);
    } catch {
      this.close(CLOSE.later, 'Not everything could be stored.');
    }
  }

  #dealtWith = 0;

  /** The next message; undefined when the client is gone. What it had sent before is read. */
  async receive(): Promise<string | undefined> {
    // Who asks for the next one has dealt with those before.
    this.#dealtWith = this.#taken;
    for (const ping of this.#pings) if (ping.after <= this.#taken) ping.resolve();
    this.#pings = this.#pings.filter(({ after }) => after > this.#taken);
    while (this.#unread.length === 0) {
      if (this.signal.aborted) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    const message = this.#unread.shift();
    this.#taken++;
    if (this.#unread.length === 0 && this.#ws.isPaused) this.#ws.resume();
    return message;
  }

  /** The next message as JSON; undefined also for what is none. */
  async receiveJson(): Promise<{ readonly [key: string]: unknown } | undefined> {
    const text = await this.receive();
    try {
      return text === undefined ? undefined : (JSON.parse(text) as { [key: string]: unknown });
    } catch {
      return undefined;
    }
  }

  /** Sends a message; waits while the client takes nothing, and gives it up after a while. False when it is gone. */
  async send(text: string): Promise<boolean> {
    if (this.#ws.readyState !== this.#ws.OPEN) return false;
    if (this.#ws.bufferedAmount < MOST_UNSENT) {
      this.#ws.send(text);
      return true;
    }
    const stalled = setTimeout(() => this.#ws.terminate(), STALL_MS).unref();
    await new Promise<void>((resolve) => {
      this.signal.addEventListener('abort', () => resolve(), { once: true });
      this.#ws.send(text, () => resolve());
    });
    clearTimeout(stalled);
    return this.#ws.readyState === this.#ws.OPEN;
  }

  close(code: number = CLOSE.done, reason = ''): void {
    this.#ws.close(code, Buffer.from(reason).subarray(0, MAX_REASON).toString().replaceAll('\ufffd', ''));
  }
}
