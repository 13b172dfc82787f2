import { connect, type Socket } from 'node:net';

export interface LaneResponse {
  readonly status: number;
  readonly text: string;
}

/**
 * One kept connection with one request at a time, and nothing more than that: on two cores what a client costs is taken from the server
 * that it measures. The length of an answer comes before it, as all three servers send it.
 */
export class HttpLane {
  readonly #origin: URL;
  readonly #headers: string;
  #socket: Socket | undefined;
  #got: Buffer = Buffer.alloc(0);
  #answer: { readonly resolve: (response: LaneResponse) => void; readonly reject: (error: Error) => void } | undefined;

  constructor(origin: string, headers: Readonly<Record<string, string>>) {
    this.#origin = new URL(origin);
    this.#headers = Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('');
  }

  /** A server that is busy may have hung up after its last answer. */
  #connected(): Socket {
    if (this.#socket && !this.#socket.destroyed && this.#socket.readyState !== 'writeOnly') return this.#socket;
    const socket = connect(Number(this.#origin.port), this.#origin.hostname).setNoDelay(true);
    this.#socket = socket;
    this.#got = Buffer.alloc(0);
    socket.on('data', (chunk) => this.#read(chunk));
    const fail = (error: Error) => {
      if (this.#socket === socket) this.#answer?.reject(error);
    };
    socket.on('error', fail);
    socket.on('close', () => fail(new Error('the server hung up')));
    return socket;
  }

  send(method: string, path: string, body: string): Promise<LaneResponse> {
    const { promise, resolve, reject } = Promise.withResolvers<LaneResponse>();
    this.#answer = { resolve, reject };
    const length = Buffer.byteLength(body);
    this.#connected().write(
      `${method} ${path} HTTP/1.1\r\nhost: ${this.#origin.host}\r\n${this.#headers}content-type: application/json\r\ncontent-length: ${length}\r\n\r\n${body}`,
    );
    return promise;
  }

  #read(chunk: Buffer): void {
    this.#got = this.#got.length === 0 ? chunk : Buffer.concat([this.#got, chunk]);
    const end = this.#got.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#got.toString('latin1', 0, end);
    const status = Number(head.slice(9, 12));
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    if (this.#got.length < end + 4 + length) return;
    const text = this.#got.toString('utf8', end + 4, end + 4 + length);
    this.#got = this.#got.subarray(end + 4 + length);
    const answer = this.#answer;
    this.#answer = undefined;
    answer?.resolve({ status, text });
  }

  close(): void {
    this.#socket?.destroy();
  }
}
