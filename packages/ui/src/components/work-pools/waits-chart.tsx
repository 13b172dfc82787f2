import { useMemo } from 'react';
import uPlot from 'uplot';
import type { PoolWaits } from '../../api/work-pools.ts';
import { compact, count, span } from '../../lib/format.ts';
import { Chart, type ChartLook } from '../base/chart.tsx';
import { WAITS_HEIGHT } from './waits-height.ts';

/** How many runs waited, and how long those waited that started, over one time axis. */
export function WaitsChart({ intervals }: Pick<PoolWaits, 'intervals'>) {
  const data = useMemo(() => dataOf(intervals), [intervals]);
  return <Chart data={data} height={WAITS_HEIGHT} label={describe(intervals)} options={optionsOf} />;
}

type Intervals = PoolWaits['intervals'];

function describe(intervals: Intervals): string {
  const delays = intervals.flatMap(({ delay_p95 }) => delay_p95 ?? []);
  const longest = delays.length === 0 ? 'none started' : `they waited up to ${span(Math.max(...delays) * 1000)}`;
  return `At most ${count(Math.max(0, ...intervals.map(({ waiting }) => waiting)))} runs waited at once; ${longest}.`;
}

const dataOf = (intervals: Intervals): uPlot.AlignedData => [
  intervals.map(({ interval_start: start, interval_end: end }) => (Date.parse(start) + Date.parse(end)) / 2000),
  intervals.map(({ waiting }) => waiting),
  intervals.map(({ delay_p50 }) => delay_p50),
  intervals.map(({ delay_p95 }) => delay_p95),
];

function optionsOf({ colors, axis, whole, times }: ChartLook): Omit<uPlot.Options, 'width' | 'height'> {
  const bars = uPlot.paths.bars?.({ size: [0.9, 40, 1] });
  const lasting = (_plot: uPlot, seconds: number | null) => (seconds === null ? '–' : span(seconds * 1000));
  const delay = { scale: 'delay', width: 2, spanGaps: false, value: lasting } as const;
  return {
    cursor: { y: false, drag: { x: false, y: false } },
    scales: {
      x: { range: (plot, first, last) => [first - halfOf(plot), last + halfOf(plot)] },
      waiting: { range: (_plot, _least, most) => [0, Math.max(1, most ?? 0) * 1.1] },
      delay: { range: (_plot, _least, most) => [0, Math.max(0.1, most ?? 0) * 1.1] },
    },
    axes: [
      { ...axis, size: 30, space: 70, values: (_plot, splits) => times(splits) },
      { ...axis, scale: 'waiting', size: 44, incrs: WHOLE, values: (_plot, values) => values.map(compact) },
      { ...axis, scale: 'delay', side: 1, size: 64, grid: { show: false }, values: (_plot, values) => values.map((value) => span(value * 1000)) },
    ],
    series: [
      { label: 'Time', value: (_plot, seconds) => whole(seconds) },
      {
        label: 'Waiting at once',
        scale: 'waiting',
        stroke: colors.queued,
        fill: `color-mix(in srgb, ${colors.queued} 35%, transparent)`,
        width: 0,
        points: { show: false },
        value: (_plot, runs) => (runs === null ? '–' : count(runs)),
        ...(bars && { paths: bars }),
      },
      { ...delay, label: 'Wait of the middle run', stroke: colors.quiet, dash: [4, 3], points: { size: 4, fill: colors.quiet } },
      { ...delay, label: 'Wait, slowest 5 %', stroke: colors.running, points: { size: 5, fill: colors.running } },
    ],
  };
}

/** Half an interval: a bar stands on its middle. */
const halfOf = ({ data: [at] }: uPlot) => ((at[1] ?? 0) - (at[0] ?? 0)) / 2;

/** Runs are whole. */
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];
