import { createClient } from '@sluice/client';
import { uuidv7 } from 'uuidv7';
import { median, ms, quantile } from '../support/figures.ts';
import type { Part } from './part.ts';
import { clickUntil, framesWhile, inParallel, openTab, openUntil, sayFrames } from './tab.ts';

const TASKS = 10_000;
const LINES = 100_000;
const AT_ONCE = 32;
const LINES_AT_ONCE = 5000;
const ROUNDS = 5;
const SEARCHES = 20;
const WORD = 'reset';

/** One run with very many task runs and log lines: its trace, and its log. */
export const bigRun: Part = async ({ stack, browser, page }) => {
  const client = createClient({ apiUrl: stack.client.apiUrl });
  const { id: flow_id } = await client.request('POST /flows/', { body: { name: 'big' } });
  const { id } = await client.request('POST /flow_runs/', { body: { flow_id, state: { type: 'PENDING' } } });
  await client.request('POST /flow_runs/{id}/set_state', { params: { id }, body: { state: { type: 'RUNNING' } } });
  await inParallel(TASKS, AT_ONCE, async (index) => {
    const task_run = { id: uuidv7(), flow_run_id: id, task_key: `task-${index % 7}`, dynamic_key: String(index), name: `part-${index}` };
    await client.request('POST /task_runs/step', { body: { task_run, state: { type: 'RUNNING' } } });
    await client.request('POST /task_runs/{id}/set_state', {
      params: { id: task_run.id },
      body: { state: { type: 'COMPLETED', data: { type: 'sluice/v1' } } },
    });
  });
  await inParallel(LINES / LINES_AT_ONCE, 2, (batch) => client.request('POST /logs/', { body: linesOf(id, batch) }));
  await client.request('POST /flow_runs/{id}/set_state', { params: { id }, body: { state: { type: 'COMPLETED' } } });

  const [paints, tails]: number[][] = [[], []];
  let tab = await openTab(browser);
  for (let round = 0; round < ROUNDS; round++) {
    await tab.context().close();
    tab = await openTab(browser);
    paints?.push(await openUntil(tab, page(`/runs/${id}`), '[role="treeitem"][aria-level="2"], [role="treeitem"]:nth-of-type(2)'));
    tails?.push(await clickUntil(tab, 'Logs', '[data-line]'));
    await tab.getByRole('tab', { name: 'Trace' }).click();
  }
  await tab.locator('[role="tree"]').focus();
  await tab.keyboard.press('e'); // opens what is folded
  for (let times = 0; times < 3; times++) await tab.getByRole('button', { name: 'Less of the time axis at once' }).click();
  const box = `document.querySelector('[role="tree"]').parentElement.parentElement`;
  const scrolled = await framesWhile(tab, `(frame) => { ${box}.scrollTop += 90; }`);
  const rows = (await tab.evaluate(`Math.round(${box}.scrollTop / document.querySelector('[role="treeitem"]').offsetHeight)`)) as number;
  const panned = await framesWhile(tab, `(frame) => { ${box}.scrollLeft = Math.abs(Math.sin(frame / 40)) * ${box}.scrollWidth; }`);

  const searches: number[] = [];
  const body = { logs: { flow_run_id: { any_: [id] }, text: { query: WORD } }, sort: 'TIMESTAMP_DESC', limit: 200 } as const;
  for (let round = 0; round <= SEARCHES; round++) {
    const asked = performance.now();
    await client.request('POST /logs/page', { body });
    if (round > 0) searches.push(performance.now() - asked);
  }
  await tab.context().close();
  await client.close();
  return [
    { what: `run with ${TASKS} task runs: trace painted, from the address`, measured: ms(median(paints ?? [])), goal: '≤ 1 s' },
    { what: `its trace while ${rows} rows scroll by, eight times as wide`, measured: sayFrames(scrolled), goal: '≥ 30/s' },
    { what: 'its trace while panning', measured: sayFrames(panned), goal: '≥ 30/s' },
    { what: `${LINES} log lines: tail painted, from the click`, measured: ms(median(tails ?? [])), goal: '≤ 300 ms' },
    {
      what: 'their search at the server, a word in one line of 5,000',
      measured: `${ms(median(searches))}, p95 ${ms(quantile(searches, 0.95))}`,
      goal: '≤ 500 ms',
    },
  ];
};

const linesOf = (flow_run_id: string, batch: number) =>
  Array.from({ length: LINES_AT_ONCE }, (_, index) => ({
    flow_run_id,
    name: 'flow',
    level: index % 50 === 0 ? 30 : 20,
    message: `read ${index} rows of orders in part ${batch}${index === 7 ? ', connection reset by peer' : ''}`,
    timestamp: new Date(Date.UTC(2026, 10, 24, 8, batch, 0, index)).toISOString(),
  }));
