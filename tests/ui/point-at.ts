import type { Page } from 'playwright-core';

const STEP_X = 0.007;
/** Less than a bar is high. */
const STEP_Y = 18;
/** Lanes of some workers; below them are the curves. */
const LANES = 150;

/** Moves the pointer over the board's bars, from right to left, until the tip beside it says so. Throws when none does. */
export async function pointAt(page: Page, ...said: readonly string[]): Promise<void> {
  const box = await page.locator('main canvas').boundingBox();
  if (!box) throw new Error('There is no board.');
  const tip = said.reduce((tips, text) => tips.filter({ hasText: text }), page.getByRole('tooltip'));
  for (let share = 0.99; share > 0.1; share -= STEP_X) {
    for (let y = 38; y < Math.min(LANES, box.height); y += STEP_Y) {
      await page.mouse.move(box.x + box.width * share, box.y + y);
      if ((await tip.count()) > 0) return;
    }
  }
  throw new Error(`No bar says ${said.join(' and ')}.`);
}
