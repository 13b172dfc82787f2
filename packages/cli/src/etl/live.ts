import { createLogUpdate } from 'log-update';
import { duration } from '../render/ago.ts';
import { type Paint, paint } from '../render/paint.ts';
import type { Snapshot } from './snapshot.ts';

const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

/** The live region: one line a worker, then the counts and the slots in use. */
export function toLines(
  { workers, done, running, queued, failed, total, slots, seconds_left }: Snapshot,
  elapsedSeconds: number,
  colour: (format: Paint, text: string) => string,
): string[] {
  const width = Math.max(...workers.map(({ title }) => title?.length ?? 0), 12);
  const lines = workers.map(({ worker, title, rows, planned, rows_per_second }) => {
    if (title === null) return `${colour('dim', '○')} ${worker}  ${colour('dim', 'waiting')}`;
    const of = planned === null || rows === null ? '' : ` of ${compact.format(planned)}`;
    const pace = rows === null ? '' : `${number.format(rows).padStart(11)}${of} rows ${compact.format(rows_per_second).padStart(7)} rows/s`;
    return `${colour('blue', '●')} ${worker}  ${title.padEnd(width)} ${bar(rows, planned, colour)}${pace}`;
  });
  const gauge = slots.map(
    ({ name, used, limit }) =>
      `${name} ${colour('yellow', '■'.repeat(Math.min(used, 20)))}${colour('dim', '□'.repeat(Math.max(0, Math.min(limit, 20) - used)))} ${used}/${limit}`,
  );
  const counts = [
    colour('green', `${done}/${total} done`),
    `${running} running`,
    `${queued} queued`,
    failed > 0 ? colour('red', `${failed} failed`) : '0 failed',
  ];
  const left = seconds_left === null || seconds_left < 1 ? [] : [`about ${coarse(seconds_left)} left`];
  return [...lines, [...counts, ...gauge, `${elapsedSeconds.toFixed(1)} s`, ...left].join(colour('dim', ' · '))];
}

const coarse = (seconds: number): string => (seconds < 60 ? `${Math.round(seconds)} s` : duration(seconds));

const BAR = 14;

/** How much of the planned rows has been read. */
function bar(rows: number | null, planned: number | null, colour: (format: Paint, text: string) => string): string {
  if (rows === null || planned === null) return '';
  const full = planned === 0 ? BAR : Math.min(BAR, Math.round((rows / planned) * BAR));
  return `${colour('blue', '█'.repeat(full))}${colour('dim', '░'.repeat(BAR - full))}`;
}

/** Shows snapshots as they come: in place on a terminal, elsewhere a line for each run that changes. */
export interface Live {
  show(snapshot: Snapshot): void;
  /** A line that stays, above the live region. */
  note(text: string): void;
  end(): void;
}

export function createLive(stream: NodeJS.WriteStream): Live {
  return stream.isTTY ? inPlace(stream) : inLines(stream);
}

function inPlace(stream: NodeJS.WriteStream): Live {
  const update = createLogUpdate(stream);
  const started = performance.now();
  return {
    show: (snapshot) => update(toLines(snapshot, (performance.now() - started) / 1000, (format, text) => paint(format, text, stream)).join('\n')),
    note: (text) => update.persist(text),
    end: () => update.done(),
  };
}

const IN_THE_QUEUE = new Set(['Scheduled', 'Late', 'Pending']);

function inLines(stream: NodeJS.WriteStream): Live {
  const seen = new Map<string, string | null>();
  const write = (text: string) => stream.write(`${new Date().toISOString().slice(11, 23)} ${text}\n`);
  return {
    show: ({ children, done, total }) => {
      for (const { run, title, isTable } of children.toReversed()) {
        const { id, state_name, state, worker_name } = run;
        if (seen.get(id) === state_name || IN_THE_QUEUE.has(String(state_name))) continue;
        seen.set(id, state_name);
        const why = state?.message ? ` (${state.message.split('\n')[0]})` : '';
        write(`${title} ${state_name}${worker_name ? ` on ${worker_name}` : ''}${why}${isTable ? `, ${done}/${total} done` : ''}`);
      }
    },
    note: write,
    end: () => {},
  };
}
