import type { Globals } from './define-command.ts';

/** What the user's code asks for its settings, and the processes that it starts, are to talk to the server that was named. */
export function useApiUrl({ apiUrl }: Globals): void {
  if (apiUrl !== undefined) process.env['SLUICE_API_URL'] = apiUrl;
}
