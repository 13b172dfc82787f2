import { openBrowser } from '../tests/support/dashboard/open-browser.ts';
import { bigBoard } from './dashboard/big-board.ts';
import { bigRun } from './dashboard/big-run.ts';
import { firstPage } from './dashboard/first-page.ts';
import { openPages } from './dashboard/open-pages.ts';
import type { Part } from './dashboard/part.ts';
import { stateToPixel } from './dashboard/state-to-pixel.ts';
import { print } from './support/figures.ts';
import { startStack } from './support/stack.ts';

/** The dashboard in headless Chromium, on data that is made through the API. `dashboard.ts pixel board`: only these parts. */
const PARTS: { readonly [name: string]: Part } = { first: firstPage, pixel: stateToPixel, run: bigRun, board: bigBoard, open: openPages };

const wanted = process.argv.slice(2);
await using stack = await startStack();
const browser = await openBrowser();
const page = (path: string) => new URL(path, stack.client.apiUrl).href;
for (const [name, part] of Object.entries(PARTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  print(`Dashboard: ${name}`, await part({ stack, browser, page }));
}
await browser.close();
