import type { Client } from '@sluice/client';
import { openInBrowser } from '../program/open-in-browser.ts';
import { say } from './message.ts';

/** Opens a page of the dashboard, of a server that answers; where there is no browser, its address is what helps. */
export async function showPage(client: Client, path: string): Promise<void> {
  await client.request('GET /health');
  const url = `${client.apiUrl.replace(/\/api\/?$/, '')}${path}`;
  say((await openInBrowser(url)) ? `Opened ${url}.` : `No browser can be opened here. The page is at ${url}`);
}
