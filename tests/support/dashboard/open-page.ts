import { startTestServer, type TestServer } from '@sluice/server/testing';
import { pagesFolder } from '@sluice/ui';
import type { Browser } from 'playwright-core';
import { inject } from 'vitest';
import { openBrowser } from './open-browser.ts';
import { type OpenTab, openTab } from './open-tab.ts';
import { type Stage, setStage } from './stage.ts';

export { shows } from './open-tab.ts';

/** The dashboard of a server of its own, in a browser of its own. */
export interface OpenPage extends OpenTab {
  readonly browser: Browser;
  readonly server: TestServer;
  readonly stage: Stage;
  close(): Promise<void>;
}

export async function openPage(settings: Parameters<typeof startTestServer>[1] = {}): Promise<OpenPage> {
  const [browser, pages] = await Promise.all([openBrowser(), pagesFolder()]);
  const server = await startTestServer(inject('postgres'), settings, { pages });
  const stage = await setStage(server.url);
  const tab = await openTab(browser, server.url);
  await tab.open();
  return {
    ...tab,
    browser,
    server,
    stage,
    close: async () => {
      await browser.close();
      await stage.close();
      await server.stop();
    },
  };
}
