import type { Page } from 'playwright-core';

/** What does not fit beside the edges of the window: the page itself, and tables that say they fit. */
export const tooWideIn = (page: Page): Promise<string[]> =>
  page.evaluate(`[
    document.scrollingElement.scrollWidth > innerWidth ? 'the page' : '',
    ...Array.from(document.querySelectorAll('table[data-fits]'), (table) =>
      table.scrollWidth > table.parentElement.clientWidth ? table.getAttribute('aria-label') : ''),
  ].filter(Boolean)`);
