import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { type Colors, readColors } from '../../graph/colors.ts';
import { timeText } from '../../lib/format.ts';
import { usePreferences } from '../../lib/preferences.ts';
import styles from './chart.module.css';

/** What a chart is drawn with: the theme's colours and the person's way to read times. */
export interface ChartLook {
  readonly colors: Colors;
  /** Strokes that all axes have. */
  readonly axis: uPlot.Axis;
  /** The whole time of a moment in seconds; a dash for none. */
  readonly whole: (seconds: number | null) => string;
  /** Labels of a time axis: times, with seconds where they are near, or days where they are days apart. */
  readonly times: (splits: readonly number[]) => string[];
}

interface ChartProps {
  /** Times in seconds first. */
  readonly data: uPlot.AlignedData;
  readonly height: number;
  /** What it shows, for those who do not see it. */
  readonly label: string;
  readonly options: (look: ChartLook) => Omit<uPlot.Options, 'width' | 'height'>;
}

const FEW_MINUTES = 240;
const DAY = 86_400;

/** A chart over time. It is a library of its own, so that only lazy parts of a page import this. */
export function Chart({ data, height, label, options }: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const latest = useRef({ data, options });
  latest.current = { data, options };
  const { theme, time } = usePreferences();
  const zone = time === 'utc' ? 'utc' : 'local';
  // biome-ignore lint/correctness/useExhaustiveDependencies: a canvas takes the colours of the theme when it is made; data come below
  useEffect(() => {
    const place = host.current;
    if (!place) return;
    const draw = () => {
      chart.current?.destroy();
      const shape = { width: place.clientWidth, height, ...(zone === 'utc' && { tzDate: utcDate }) };
      chart.current = new uPlot({ ...shape, ...latest.current.options(lookOf(place, zone)) }, latest.current.data, place);
    };
    draw();
    const watcher = new ResizeObserver(() => chart.current?.setSize({ width: place.clientWidth, height }));
    watcher.observe(place);
    const darkness = matchMedia('(prefers-color-scheme: dark)');
    darkness.addEventListener('change', draw);
    return () => {
      watcher.disconnect();
      darkness.removeEventListener('change', draw);
      chart.current?.destroy();
      chart.current = undefined;
    };
  }, [theme, zone, height]);
  useEffect(() => chart.current?.setData(data), [data]);
  return <div ref={host} className={styles['chart']} role="img" aria-label={label} />;
}

const utcDate = (seconds: number) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC');

function lookOf(place: HTMLElement, zone: 'local' | 'utc'): ChartLook {
  const colors = readColors(place);
  const textOf = (seconds: number) => timeText(seconds * 1000, zone);
  return {
    colors,
    axis: { stroke: colors.quiet, grid: { stroke: colors.line, width: 1 }, ticks: { stroke: colors.line, width: 1 } },
    whole: (seconds) => (seconds === null ? '–' : textOf(seconds).replace(/\.\d+/, '')),
    times: (splits) => {
      const length = (splits.at(-1) ?? 0) - (splits[0] ?? 0);
      return splits.map((seconds) => {
        const clock = textOf(seconds).slice(11, length < FEW_MINUTES ? 19 : 16);
        return length > 2 * DAY || clock === '00:00' ? textOf(seconds).slice(5, 10) : clock;
      });
    },
  };
}
