import { useMemo, useRef } from 'react';
import uPlot from 'uplot';
import type { LogHistogram } from '../../api/logs.ts';
import { compact, count } from '../../lib/format.ts';
import { LOG_LEVEL_NAMES, type LogLevel, levelWord } from '../../lib/log-levels.ts';
import { Chart, type ChartLook } from '../base/chart.tsx';

interface LevelHistogramProps {
  readonly data: LogHistogram;
  readonly height: number;
  /** A stretch was drawn with the mouse. */
  readonly onBrush: (from: string, to: string) => void;
}

/** Lines by level over time, stacked; a stretch that is drawn over them is looked at closer. */
export function LevelHistogram({ data, height, onBrush }: LevelHistogramProps) {
  const brush = useRef(onBrush);
  brush.current = onBrush;
  const options = useMemo(() => (look: ChartLook) => optionsOf(look, (from, to) => brush.current(from, to)), []);
  const stacks = useMemo(() => stacked(data), [data]);
  return <Chart data={stacks} height={height} label={describe(data)} options={options} />;
}

const countsOf = (levels: LogHistogram['intervals'][number]['levels'], name: LogLevel): number =>
  levels.filter(({ level }) => (levelWord(level) === 'critical' ? 'error' : levelWord(level)) === name).reduce((sum, each) => sum + each.count, 0);

function describe({ intervals }: LogHistogram): string {
  const sums = LOG_LEVEL_NAMES.map((name) => [name, intervals.reduce((sum, { levels }) => sum + countsOf(levels, name), 0)] as const);
  return `Lines by level: ${sums.map(([name, sum]) => `${count(sum)} ${name}`).join(', ')}.`;
}

/** The worst level stands at the bottom, where it is seen; what is higher in the stack is drawn first. */
const BOTTOM_UP = LOG_LEVEL_NAMES.toReversed();
const DRAWN = BOTTOM_UP.toReversed();

function stacked({ intervals }: LogHistogram): uPlot.AlignedData {
  const at = intervals.map(({ interval_start: start, interval_end: end }) => (Date.parse(start) + Date.parse(end)) / 2000);
  const upTo = (name: LogLevel) =>
    intervals.map(({ levels }) => BOTTOM_UP.slice(0, BOTTOM_UP.indexOf(name) + 1).reduce((sum, each) => sum + countsOf(levels, each), 0));
  return [at, ...DRAWN.map(upTo)];
}

const TONES = { debug: 'cancelled', info: 'running', warning: 'queued', error: 'failed' } as const satisfies { readonly [L in LogLevel]: string };

type OnBrush = LevelHistogramProps['onBrush'];

function optionsOf({ colors, axis, times }: ChartLook, onBrush: OnBrush): Omit<uPlot.Options, 'width' | 'height'> {
  const bars = uPlot.paths.bars?.({ size: [0.9, 40, 1] });
  return {
    legend: { show: false },
    cursor: { y: false, drag: { x: true, y: false, setScale: false } },
    scales: { y: { range: (_plot, _least, most) => [0, Math.max(1, most) * 1.05] } },
    axes: [
      { ...axis, values: (_plot, splits) => times(splits) },
      { ...axis, size: 50, values: (_plot, values) => values.map(compact) },
    ],
    series: [
      {},
      ...DRAWN.map((name) => ({
        label: name,
        fill: colors[TONES[name]],
        stroke: colors[TONES[name]],
        width: 0,
        points: { show: false },
        ...(bars && { paths: bars }),
      })),
    ],
    hooks: {
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < 3) return;
          const instant = (x: number) => new Date(plot.posToVal(x, 'x') * 1000).toISOString();
          onBrush(instant(left), instant(left + width));
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}
