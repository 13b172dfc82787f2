import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { TableLoad } from '../../api/table-loads.ts';
import { readColors } from '../../graph/colors.ts';
import { compact, count, timeText } from '../../lib/format.ts';
import { usePreferences } from '../../lib/preferences.ts';
import styles from './history-chart.module.css';

export const CHART_HEIGHT = 190;

/** Rows of a table over its loads, as a line. Newest loads come first. */
export function HistoryChart({ loads }: { readonly loads: readonly TableLoad[] }) {
  const host = useRef<HTMLDivElement>(null);
  const { theme, time } = usePreferences();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a canvas takes the colours of the theme when it is drawn
  useEffect(() => {
    const place = host.current;
    if (!place) return;
    const chart = new uPlot(optionsOf(place, time === 'utc' ? 'utc' : 'local'), dataOf(loads), place);
    const watcher = new ResizeObserver(() => chart.setSize({ width: place.clientWidth, height: CHART_HEIGHT }));
    watcher.observe(place);
    return () => {
      watcher.disconnect();
      chart.destroy();
    };
  }, [loads, theme, time]);
  return <div ref={host} className={styles['chart']} role="img" aria-label={describe(loads)} />;
}

const describe = (loads: readonly TableLoad[]): string =>
  `Rows over ${loads.length} loads: from ${count(loads.at(-1)?.rows_loaded ?? 0)} to ${count(loads[0]?.rows_loaded ?? 0)}.`;

function dataOf(loads: readonly TableLoad[]): uPlot.AlignedData {
  const oldest = loads.toReversed();
  return [oldest.map(({ committed }) => Date.parse(committed) / 1000), oldest.map((load) => load.rows_loaded)];
}

function optionsOf(place: HTMLElement, style: 'local' | 'utc'): uPlot.Options {
  const { accent, quiet, line } = readColors(place);
  const axis = { stroke: quiet, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  const whole = (seconds: number | null) => (seconds === null ? '–' : timeText(seconds * 1000, style).replace(/\.\d+/, ''));
  return {
    width: place.clientWidth,
    height: CHART_HEIGHT,
    ...(style === 'utc' && { tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC') }),
    cursor: { y: false },
    scales: { y: { range: (_plot, _least, most) => [0, Math.max(1, most) * 1.08] } },
    axes: [
      { ...axis, space: 90, values: (_plot, splits) => splits.map((seconds) => short(whole(seconds), splits)) },
      { ...axis, size: 60, values: (_plot, values) => values.map(compact) },
    ],
    series: [
      { label: 'Committed', value: (_plot, seconds) => whole(seconds) },
      {
        label: 'Rows',
        stroke: accent,
        width: 2,
        points: { show: true, size: 6, fill: accent },
        value: (_plot, rows) => (rows === null ? '–' : count(rows)),
      },
    ],
  };
}

const DAY = 86_400;

/** The day where they are days apart, and otherwise the time. */
const short = (text: string, splits: readonly number[]): string =>
  (splits.at(-1) ?? 0) - (splits[0] ?? 0) > 2 * DAY ? text.slice(0, 10) : text.slice(11, 16);
