import type { Browser, Page } from 'playwright-core';

const SIZE = { width: 1360, height: 860 };
const LIMIT_MS = 120_000;

/** A tab of its own browser session: nothing in its cache, and no connection shared with others. */
export async function openTab(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: SIZE, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(LIMIT_MS);
  return page;
}

/** Resolves to the milliseconds of the page's clock when what `selector` names is painted: in the frame after it has come. */
const painted = (selector: string) => `new Promise((resolve) => {
  const look = () => {
    if (!document.querySelector(${JSON.stringify(selector)})) return false;
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
    return true;
  };
  if (look()) return;
  const observer = new MutationObserver(() => look() && observer.disconnect());
  observer.observe(document, { childList: true, subtree: true, attributes: true });
})`;

/** Opens an address; milliseconds from then until what `selector` names is painted. */
export async function openUntil(page: Page, url: string, selector: string): Promise<number> {
  await page.goto(url, { waitUntil: 'commit' });
  return (await page.evaluate(painted(selector))) as number;
}

/** Milliseconds from a click, made in the page itself, until what `selector` names is painted. */
export async function clickUntil(page: Page, clicked: string, selector: string): Promise<number> {
  return (await page.evaluate(`(async () => {
    const start = performance.now();
    [...document.querySelectorAll('button, [role="tab"]')].find((each) => each.textContent === ${JSON.stringify(clicked)}).click();
    return (await ${painted(selector)}) - start;
  })()`)) as number;
}

export interface Frames {
  readonly perSecond: number;
  readonly longestMs: number;
}

const FRAMES_MS = 3000;

/** Frames a second while `step` (of `frame`, from 0) is done before each. */
export const framesWhile = async (page: Page, step: string): Promise<Frames> =>
  (await page.evaluate(`new Promise((resolve) => {
    const start = performance.now();
    let [frame, last, longestMs] = [0, start, 0];
    const turn = () => {
      const now = performance.now();
      if (frame > 0) longestMs = Math.max(longestMs, now - last);
      last = now;
      if (now - start > ${FRAMES_MS}) return resolve({ perSecond: frame / ((now - start) / 1000), longestMs });
      (${step})(frame++);
      requestAnimationFrame(turn);
    };
    requestAnimationFrame(turn);
  })`)) as Frames;

export const sayFrames = ({ perSecond, longestMs }: Frames): string => `${perSecond.toFixed(0)} frames/s, the longest ${longestMs.toFixed(0)} ms`;

/** Does `work` for each number below `count`, so many at once. */
export async function inParallel(count: number, atOnce: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const one = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}
