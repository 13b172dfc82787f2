import { startTestServer, type TestServer } from '@sluice/server/testing';
import { pagesFolder } from '@sluice/ui';
import type { Browser, Locator, Page } from 'playwright-core';
import { inject } from 'vitest';
import { seconds } from '../support/patience.ts';
import { openBrowser } from './open-browser.ts';
import { type Stage, setStage } from './stage.ts';

/** Shorter than a test's time, so that a failure says what was waited for. */
const LIMIT_SECONDS = 15;

/** The dashboard of a server of its own, in a browser of its own. */
export interface OpenPage {
  readonly browser: Browser;
  readonly server: TestServer;
  readonly stage: Stage;
  readonly page: Page;
  /** What the browser complained of, and requests that went elsewhere. */
  readonly complaints: string[];
  /** Goes to an address and waits until it is live. */
  open(path?: string): Promise<void>;
  /** The row of a record in a table of the page. */
  row(id: string): Locator;
  close(): Promise<void>;
}

export const shows = (locator: Locator, text: string) => locator.filter({ hasText: text }).waitFor();

export async function openPage(settings: Parameters<typeof startTestServer>[1] = {}): Promise<OpenPage> {
  const [browser, pages] = await Promise.all([openBrowser(), pagesFolder()]);
  const server = await startTestServer(inject('postgres'), settings, { pages });
  const stage = await setStage(server.url);
  const complaints: string[] = [];
  const page = await browser.newPage();
  page.setDefaultTimeout(seconds(LIMIT_SECONDS));
  page.on('console', (message) => message.type() === 'error' && complaints.push(`${message.text()} ${message.location().url}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => new URL(request.url()).origin !== new URL(server.url).origin && complaints.push(request.url()));
  const open = async (path = '/') => {
    await page.goto(new URL(path, server.url).href);
    await shows(page.locator('#live'), 'live');
  };
  await open();
  return {
    browser,
    server,
    stage,
    page,
    complaints,
    open,
    row: (id) => page.locator(`main tr[data-row="${id}"]`),
    close: async () => {
      await browser.close();
      await stage.close();
      await server.stop();
    },
  };
}
