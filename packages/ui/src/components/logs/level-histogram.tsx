import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { LogHistogram } from '../../api/logs.ts';
import { readColors } from '../../graph/colors.ts';
import { compact, count, timeText } from '../../lib/format.ts';
import { LOG_LEVEL_NAMES, type LogLevel, levelWord } from '../../lib/log-levels.ts';
import { usePreferences } from '../../lib/preferences.ts';
import styles from './level-histogram.module.css';

interface LevelHistogramProps {
  readonly data: LogHistogram;
  readonly height: number;
  /** A stretch was drawn with the mouse. */
  readonly onBrush: (from: string, to: string) => void;
}

/** Lines by level over time, stacked; a stretch that is drawn over them is looked at closer. */
export function LevelHistogram({ data, height, onBrush }: LevelHistogramProps) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const brush = useRef(onBrush);
  brush.current = onBrush;
  const { theme, time } = usePreferences();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a canvas takes the colours of the theme when it is made; data come below
  useEffect(() => {
    const place = host.current;
    if (!place) return;
    const plot = new uPlot(
      optionsOf(place, height, time === 'utc', (from, to) => brush.current(from, to)),
      stacked(data),
      place,
    );
    chart.current = plot;
    const watcher = new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height }));
    watcher.observe(place);
    return () => {
      watcher.disconnect();
      plot.destroy();
    };
  }, [theme, time, height]);
  useEffect(() => chart.current?.setData(stacked(data)), [data]);
  return <div ref={host} className={styles['chart']} style={{ height }} role="img" aria-label={describe(data)} />;
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

/** `18:30`; at midnight the day: `11-29`. */
function clock(seconds: number, utc: boolean): string {
  const text = timeText(seconds * 1000, utc ? 'utc' : 'local');
  const time = text.slice(11, 16);
  return time === '00:00' ? text.slice(5, 10) : time;
}

const TONES = { debug: 'cancelled', info: 'running', warning: 'queued', error: 'failed' } as const satisfies { readonly [L in LogLevel]: string };

function optionsOf(place: HTMLElement, height: number, utc: boolean, onBrush: (from: string, to: string) => void): uPlot.Options {
  const colors = readColors(place);
  const axis = { stroke: colors.quiet, grid: { stroke: colors.line, width: 1 }, ticks: { stroke: colors.line, width: 1 } };
  const bars = uPlot.paths.bars?.({ size: [0.9, 40, 1] });
  return {
    width: place.clientWidth,
    height,
    ...(utc && { tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC') }),
    legend: { show: false },
    cursor: { y: false, drag: { x: true, y: false, setScale: false } },
    scales: { y: { range: (_plot, _least, most) => [0, Math.max(1, most) * 1.05] } },
    axes: [
      { ...axis, values: (_plot, values) => values.map((at) => clock(at, utc)) },
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
