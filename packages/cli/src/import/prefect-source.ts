import { type Client, createClient } from '@sluice/client';
import { isSluiceError, SluiceError } from '@sluice/core/errors/sluice-error';

export interface SourceOptions {
  readonly from: string;
  readonly apiKey: string | undefined;
  readonly authString: string | undefined;
}

/** The address of an API as it is typed, with or without the `/api` at its end. */
export function apiUrlOf(typed: string): string {
  const url = URL.parse(typed);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new SluiceError('USAGE', `"${typed}" is not the URL of a server.`, { hint: 'For example: --from http://prefect-server:4200/api' });
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '') || '/api'}`;
}

/** Works with a client of the server that is copied from. Its errors are told as that server's. */
export async function withSource<T>({ from, apiKey, authString }: SourceOptions, work: (source: Client) => Promise<T>): Promise<T> {
  const apiUrl = apiUrlOf(from);
  const source = createClient({ apiUrl, apiKey, authString, patienceSeconds: 5, userAgent: 'sluice-cli' });
  try {
    await source.request('GET /admin/version').catch((error: unknown) => {
      throw isSluiceError(error) ? ofSource(error, apiUrl) : error;
    });
    return await work(source);
  } finally {
    await source.close();
  }
}

const HINTS: { readonly [code: string]: string } = {
  API_UNREACHABLE: 'Give the URL of a running Prefect server, as its PREFECT_API_URL: --from http://prefect-server:4200/api',
  UNAUTHORIZED: 'Give what it asks for: --api-key KEY, or --auth-string USER:PASSWORD',
};

const ofSource = (error: SluiceError, apiUrl: string) =>
  new SluiceError(error.code, `The server to copy from, ${apiUrl}, cannot be read: ${error.message}`, {
    hint: HINTS[error.code] ?? error.hint ?? HINTS['API_UNREACHABLE'],
    cause: error,
  });
