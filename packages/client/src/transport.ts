/** What a client sends and gets, whoever carries it. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal | undefined;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** An answer that is read as it comes. */
export interface HttpStream extends Omit<HttpResponse, 'text'> {
  readonly text: AsyncIterable<string>;
}

export interface Transport {
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Resolves when the answer begins. Reading it fails when the connection breaks. */
  open(request: HttpRequest): Promise<HttpStream>;
  close(): void;
}
