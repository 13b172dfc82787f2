import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from '@sluice/client';
import { median, ms, quantile } from '../support/figures.ts';
import type { Part } from './part.ts';
import { openTab } from './tab.ts';

const MOVING = 20;
const SECONDS = 20;
/** Between two states of a run. */
const STEP_MS = 500;
const SHOWN = { RUNNING: 'Running', COMPLETED: 'Completed' } as const;

/** The page notes when the row of a run first says a state, in the frame after it does. One clock: both are on this machine. */
const WATCH = `
  globalThis.seen = {};
  const noted = new Set();
  const look = () => {
    for (const row of document.querySelectorAll('main tr[data-row]')) {
      const key = row.dataset.row + ' ' + row.cells[0].textContent.trim();
      if (noted.has(key)) continue;
      noted.add(key);
      requestAnimationFrame(() => { globalThis.seen[key] = performance.timeOrigin + performance.now(); });
    }
  };
  new MutationObserver(look).observe(document.querySelector('main'), { childList: true, subtree: true, characterData: true });
`;

const clock = () => performance.timeOrigin + performance.now();

/** From the answer to a proposed state until the page of runs shows it, while twenty runs move. */
export const stateToPixel: Part = async ({ stack, browser, page }) => {
  const client = createClient({ apiUrl: stack.client.apiUrl });
  const { id: flow_id } = await client.request('POST /flows/', { body: { name: 'moving' } });
  const tab = await openTab(browser);
  await tab.goto(page('/runs'));
  await tab.locator('#live').filter({ hasText: 'live' }).waitFor();
  await tab.evaluate(`{${WATCH}}`);

  const proposed = new Map<string, { readonly asked: number; readonly answered: number }>();
  const until = performance.now() + SECONDS * 1000;
  await Promise.all(
    Array.from({ length: MOVING }, async (_, index) => {
      await pause((STEP_MS / MOVING) * index);
      while (performance.now() < until) {
        const { id } = await client.request('POST /flow_runs/', { body: { flow_id, state: { type: 'PENDING' } } });
        for (const type of ['RUNNING', 'COMPLETED'] as const) {
          await pause(STEP_MS);
          const asked = clock();
          await client.request('POST /flow_runs/{id}/set_state', { params: { id }, body: { state: { type } } });
          proposed.set(`${id} ${SHOWN[type]}`, { asked, answered: clock() });
        }
        await pause(STEP_MS);
      }
    }),
  );
  await pause(2000);
  const seen = (await tab.evaluate('globalThis.seen')) as Record<string, number>;
  await tab.context().close();
  await client.close();
  const shown = [...proposed].flatMap(([key, times]) => (seen[key] === undefined ? [] : [{ ...times, seen: seen[key] }]));
  const after = shown.map(({ answered, seen: at }) => Math.max(0, at - answered));
  const whole = shown.map(({ asked, seen: at }) => at - asked);
  const rate = proposed.size / SECONDS;
  return [
    {
      what: `state → pixel, ${MOVING} runs moving, ${rate.toFixed(0)} states/s, from the answer`,
      measured: `p50 ${ms(median(after))}, p95 ${ms(quantile(after, 0.95))}`,
      goal: 'p95 ≤ 300 ms',
    },
    { what: 'the same from the proposal', measured: `p50 ${ms(median(whole))}, p95 ${ms(quantile(whole, 0.95))}` },
    { what: 'states that were never shown', measured: `${proposed.size - shown.length} of ${proposed.size}` },
  ];
};
