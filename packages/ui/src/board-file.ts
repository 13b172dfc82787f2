import './styles/palette.css';
import './styles/base.css';
import './board-file.css';
import { spanOf, summaryOf } from '@sluice/core/board/summary';
import type { Board, BoardRun } from '@sluice/core/model/board';
import { besidePointer } from './graph/beside-pointer.ts';
import type { PlacedBar } from './graph/board-layout.ts';
import { BoardView } from './graph/board-view.ts';
import type { Span } from './graph/scale.ts';
import { count, span as spanText, timeText } from './lib/format.ts';
import { wordOf } from './lib/states.ts';

/*
 * A board in a file of its own, as `sluice flow-run board` writes it: it opens from a disk, without a server. The board stands in the
 * file as JSON. All text is set as text.
 */

function element<K extends keyof HTMLElementTagNameMap>(name: K, text = '', className = ''): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function tableOf(runs: readonly BoardRun[]): HTMLTableElement {
  const table = element('table');
  const head = table.createTHead().insertRow();
  for (const title of ['State', 'Run', 'Worker', 'Attempt', 'Took', 'Rows']) head.append(element('th', title));
  const body = table.createTBody();
  for (const run of runs) {
    const row = body.insertRow();
    const last = run.attempts.at(-1);
    const end = last?.end ?? null;
    const took = last && end ? spanText(Date.parse(end) - Date.parse(last.start ?? last.claimed)) : '';
    const cells = [
      wordOf(run),
      run.table ?? `${run.flow_name} / ${run.name}`,
      last?.worker ?? '',
      String(last?.number ?? ''),
      took,
      run.rows ? count(run.rows.done) : '',
    ];
    for (const text of cells) row.append(element('td', text));
  }
  return table;
}

const isSeen = (run: BoardRun, span: Span | undefined) =>
  !span || run.attempts.some(({ claimed, end }) => Date.parse(claimed) <= span.to && (end === null || Date.parse(end) >= span.from));

function show(board: Board): void {
  const root = document.querySelector('#root') as HTMLElement;
  const run = board.runs.find(({ id }) => id === board.id);
  const title = run ? `${run.flow_name} / ${run.name}` : 'Board';
  document.title = `${title} – Sluice`;
  const { from, to } = spanOf(board.runs, Date.parse(board.at));
  const { done, total, failed, cancelled, retries, rows } = summaryOf(board.runs);
  const stopped = cancelled > 0 ? ` ${cancelled} cancelled,` : '';
  const said = `${done} of ${total} done, ${failed} failed,${stopped} ${retries} tried again, ${count(rows)} rows, ${spanText(to - from)}`;
  const host = element('div', '', 'host');
  const canvas = element('canvas');
  canvas.tabIndex = 0;
  canvas.role = 'img';
  canvas.ariaLabel = 'Workers and the runs that they ran, over time; the table below says the same.';
  const tip = element('div', '', 'tip');
  tip.hidden = true;
  host.append(canvas, tip);
  const list = element('div', '', 'list');
  root.append(
    element('h1', title),
    element('p', said),
    element('p', `As of ${timeText(board.at, 'local')}. Drag over a stretch to look closer; Escape shows all.`, 'quiet'),
    host,
    list,
  );
  let [chosen, stretch] = [null as string | null, undefined as Span | undefined];
  const refill = () => list.replaceChildren(tableOf(board.runs.filter((each) => (chosen ? each.id === chosen : isSeen(each, stretch)))));
  const view = new BoardView(canvas, {
    onPoint: (bar, x, y) => point(tip, bar, x, y),
    onPick: (bar) => {
      chosen = bar?.run.id ?? null;
      view.choose(chosen);
      refill();
    },
    onSpan: (next) => {
      stretch = next;
      refill();
    },
  });
  refill();
  view.show(board, null);
}

function point(tip: HTMLElement, bar: PlacedBar | undefined, x: number, y: number): void {
  tip.hidden = !bar;
  if (!bar) return;
  const { run, attempt, start, end } = bar;
  tip.textContent = [
    run.table ?? run.flow_name,
    `${attempt.outcome}, attempt ${attempt.number}, ${spanText(end - start)} on ${attempt.worker ?? 'no worker'}`,
    ...(run.rows ? [`${count(run.rows.done)} rows`] : []),
    ...(attempt.message ? [attempt.message] : []),
  ].join('\n');
  tip.style.transform = besidePointer(x, y, tip.parentElement?.clientWidth ?? 0);
}

show(JSON.parse((document.querySelector('#board') as HTMLElement).textContent) as Board);
