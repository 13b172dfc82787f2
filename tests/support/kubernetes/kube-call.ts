import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

/* An administrator's way to the API server of a test. */

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: objects of Kubernetes, as a test looks at them
  readonly json: any;
}

export interface KubeClient {
  call(method: string, path: string, body?: object, contentType?: string): Promise<Answer>;
  /** Each event of a watch from its beginning, until the signal ends it. */
  watch(path: string, signal: AbortSignal, onEvent: (type: string, object: Answer['json']) => void): Promise<void>;
}

export function kubeClient(url: string, token: string): KubeClient {
  const headers = { authorization: `Bearer ${token}` };
  const open = async (
    method: string,
    path: string,
    { body, contentType = 'application/json', signal }: { body?: object; contentType?: string; signal?: AbortSignal },
  ) => {
    const content = body && Buffer.from(JSON.stringify(body));
    const sent = request(`${url}${path}`, {
      method,
      rejectUnauthorized: false,
      // Without its length Node sends the body of a DELETE so that the server takes it for another request.
      headers: { ...headers, 'content-type': contentType, ...(content && { 'content-length': content.length }) },
      ...(signal && { signal }),
    });
    sent.end(content);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    return answer;
  };
  return {
    call: async (method, path, body, contentType) => {
      const answer = await open(method, path, { ...(body && { body }), ...(contentType && { contentType }) });
      const said = await text(answer);
      return { status: answer.statusCode ?? 0, json: answer.headers['content-type']?.includes('json') ? JSON.parse(said) : said };
    },
    watch: async (path, signal, onEvent) => {
      while (!signal.aborted) {
        try {
          const answer = await open('GET', `${path}?watch=true&timeoutSeconds=600`, { signal });
          let rest = '';
          for await (const piece of answer.setEncoding('utf8')) {
            const lines = `${rest}${piece}`.split('\n');
            rest = lines.pop() ?? '';
            for (const line of lines) {
              const { type, object } = JSON.parse(line) as { type: string; object: Answer['json'] };
              if (type !== 'ERROR') onEvent(type, object);
            }
          }
        } catch {
          await pause(100);
        }
      }
    },
  };
}
