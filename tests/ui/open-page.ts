import { fileURLToPath } from 'node:url';
import { startTestServer, type TestServer } from '@sluice/server/testing';
import type { Browser, Locator, Page } from 'playwright-core';
import { inject } from 'vitest';
import { seconds } from '../support/patience.ts';
import { openBrowser } from './open-browser.ts';
import { type Stage, setStage } from './stage.ts';

export const PAGES = fileURLToPath(new URL('../../packages/ui/public', import.meta.url));

/** Shorter than a test's time, so that a failure says what was waited for. */
const LIMIT_SECONDS = 15;

/** The page of a server of its own, in a browser of its own. */
export interface OpenPage {
  readonly browser: Browser;
  readonly server: TestServer;
  readonly stage: Stage;
  readonly page: Page;
  /** What the browser complained of, and requests that went elsewhere. */
  readonly complaints: string[];
  open(view?: string): Promise<void>;
  row(id: string): Locator;
  bars(id: string): Locator;
  card(worker: string): Locator;
  close(): Promise<void>;
}

export const shows = (locator: Locator, text: string) => locator.filter({ hasText: text }).waitFor();

export async function openPage(): Promise<OpenPage> {
  const [browser, server] = await Promise.all([openBrowser(), startTestServer(inject('postgres'), {}, { pages: PAGES })]);
  const stage = await setStage(server.url);
  const complaints: string[] = [];
  const page = await browser.newPage();
  page.setDefaultTimeout(seconds(LIMIT_SECONDS));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => new URL(request.url()).origin !== new URL(server.url).origin && complaints.push(request.url()));
  const open = async (view = '') => {
    await page.goto(new URL(`/${view}`, server.url).href);
    await shows(page.locator('#chip'), 'live');
  };
  await open();
  return {
    browser,
    server,
    stage,
    page,
    complaints,
    open,
    row: (id) => page.locator(`#runs tr[data-run="${id}"]`),
    bars: (id) => page.locator(`#lanes .bar[data-run="${id}"]`),
    card: (worker) => page.locator('.worker', { hasText: worker }),
    close: async () => {
      await browser.close();
      await stage.close();
      await server.stop();
    },
  };
}
