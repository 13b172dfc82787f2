import type { HttpRequest, HttpStream, Transport } from './transport.ts';

/** Requests by `fetch`, as a browser has it. */
export function createFetchTransport(origin: string): Transport {
  const ask = ({ method, path, headers, body, signal }: HttpRequest) =>
    fetch(`${origin}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body }),
      ...(signal && { signal }),
      credentials: 'omit',
      redirect: 'error',
    });

  async function open(request: HttpRequest): Promise<HttpStream> {
    const response = await ask(request);
    return { status: response.status, headers: Object.fromEntries(response.headers), text: textOf(response) };
  }

  return {
    open,
    send: async (request) => {
      const response = await ask(request);
      return { status: response.status, headers: Object.fromEntries(response.headers), text: await response.text() };
    },
    close: () => {}, // the connections are the browser's
  };
}

async function* textOf({ body }: Response): AsyncGenerator<string> {
  if (!body) return;
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) yield piece.value;
  } finally {
    await reader.cancel().catch(() => {}); // the connection ends with its reading
  }
}
