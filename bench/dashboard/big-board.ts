import { setStage } from '../../tests/support/dashboard/stage.ts';
import { median, ms } from '../support/figures.ts';
import type { Part } from './part.ts';
import { framesWhile, inParallel, openTab, openUntil, sayFrames } from './tab.ts';

/** With their parent 2,000: one more, and the board is a heat map. */
const RUNS = 1999;
const WORKERS = 16;
const ROUNDS = 5;
const BEAT_MS = 5000;

/** A run with very many children, done by sixteen workers; its id. */
export async function fillBoard(apiUrl: string): Promise<string> {
  const stage = await setStage(apiUrl);
  const first = await stage.startWorker('first');
  const all = [first];
  const beats = setInterval(() => void Promise.all(all.map((worker) => worker.beat())), BEAT_MS);
  const main = await stage.createRun('main-etl-job', {}, { name: 'big-board' });
  const parent = await first.claim();
  await parent.propose('RUNNING');
  await inParallel(RUNS, WORKERS, (index) => stage.createRun('process-table-etl', { table: `public.t${index}` }, { parent }));
  const workers = await Promise.all(Array.from({ length: WORKERS }, (_, index) => stage.startWorker(`worker-${index}`)));
  all.push(...workers);
  const idle = [...workers];
  await inParallel(RUNS, WORKERS, async (index) => {
    const worker = idle.pop() ?? first;
    const held = await worker.claim();
    await held.propose('RUNNING');
    await held.propose(index % 40 === 0 ? 'FAILED' : 'COMPLETED');
    idle.push(worker);
  });
  await parent.propose('COMPLETED');
  clearInterval(beats);
  await stage.close();
  return main.id;
}

/** A board of very many runs. */
export const bigBoard: Part = async ({ stack, browser, page }) => {
  const id = await fillBoard(stack.client.apiUrl);
  const paints: number[] = [];
  let tab = await openTab(browser);
  for (let round = 0; round < ROUNDS; round++) {
    await tab.context().close();
    tab = await openTab(browser);
    paints.push(await openUntil(tab, page(`/boards/${id}`), 'canvas[style*="height"]'));
  }
  const zoomed = await framesWhile(
    tab,
    `(frame) => {
      const canvas = document.querySelector('canvas');
      const box = canvas.getBoundingClientRect();
      const at = { clientX: box.left + box.width * 0.6, clientY: box.top + 60, ctrlKey: true, bubbles: true, cancelable: true };
      canvas.dispatchEvent(new WheelEvent('wheel', { ...at, deltaY: Math.floor(frame / 25) % 2 ? 100 : -100 }));
    }`,
  );
  await tab.context().close();
  return [
    { what: `board with ${RUNS + 1} runs: painted, from the address`, measured: ms(median(paints)), goal: '≤ 1 s' },
    { what: 'it while zooming', measured: sayFrames(zoomed), goal: '≥ 30/s' },
  ];
};
