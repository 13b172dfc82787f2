import type { Browser, Locator, Page } from 'playwright-core';
import { seconds } from '../patience.ts';

/** Shorter than a test's time, so that a failure says what was waited for. */
const LIMIT_SECONDS = 15;

/** A tab of a browser on the dashboard of a server. */
export interface OpenTab {
  readonly page: Page;
  /** What the browser complained of, and requests that went elsewhere. */
  readonly complaints: string[];
  /** Goes to an address and waits until it is live. */
  open(path?: string): Promise<void>;
  /** The row of a record in a table of the page. */
  row(id: string): Locator;
}

export const shows = (locator: Locator, text: string | RegExp) => locator.filter({ hasText: text }).waitFor();

export async function openTab(browser: Browser, url: string): Promise<OpenTab> {
  const complaints: string[] = [];
  const page = await browser.newPage();
  page.setDefaultTimeout(seconds(LIMIT_SECONDS));
  page.on('console', (message) => message.type() === 'error' && complaints.push(`${message.text()} ${message.location().url}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => new URL(request.url()).origin !== new URL(url).origin && complaints.push(request.url()));
  return {
    page,
    complaints,
    open: async (path = '/') => {
      await page.goto(new URL(path, url).href);
      await shows(page.locator('#live'), 'live');
    },
    row: (id) => page.locator(`main tr[data-row="${id}"]`),
  };
}
