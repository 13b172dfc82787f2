import { useNavigate } from '@tanstack/react-router';
import { useMemo, useRef } from 'react';
import type uPlot from 'uplot';
import type { FlowRun } from '../../api/flow-runs.ts';
import { count, span } from '../../lib/format.ts';
import { STATE_GROUP_NAMES, STATE_GROUPS, type StateGroup, TONE_OF_GROUP, wordOf } from '../../lib/states.ts';
import { Chart, type ChartLook } from '../base/chart.tsx';
import { lengthOf } from './length-of.ts';
import { SCATTER_HEIGHT } from './scatter-height.ts';

/** So near, in pixels, the mouse is on a point. */
const NEAR = 14;

interface Point {
  readonly run: FlowRun;
  readonly at: number;
  readonly length: number;
  readonly group: StateGroup;
}

/** Runs that have started, the earliest first. */
function pointsOf(runs: readonly FlowRun[]): Point[] {
  const points = runs.flatMap((run) => {
    const length = lengthOf(run);
    const group = STATE_GROUP_NAMES.find((name) => (STATE_GROUPS[name].types as readonly (string | null)[]).includes(run.state_type));
    if (length === null || !run.start_time || !group) return [];
    return [{ run, at: Date.parse(run.start_time) / 1000, length: Math.max(0.001, length / 1000), group }];
  });
  return points.sort((a, b) => a.at - b.at);
}

/** How long each run took, over the time at which it started; a point is a link to its run. */
export function RunScatter({ runs }: { readonly runs: readonly FlowRun[] }) {
  const navigate = useNavigate();
  const points = useMemo(() => pointsOf(runs), [runs]);
  const data = useMemo((): uPlot.AlignedData => {
    const of = (group: StateGroup) => points.map((point) => (point.group === group ? point.length : null));
    return [points.map(({ at }) => at), ...STATE_GROUP_NAMES.map(of)];
  }, [points]);
  const latest = useRef({ points, open: (_id: string) => {} });
  latest.current = { points, open: (id) => void navigate({ to: '/runs/$id', params: { id } }) };
  const options = useMemo(
    () => (look: ChartLook) =>
      optionsOf(look, {
        onOver: (plot) => {
          const near = nearest(plot, latest.current.points);
          plot.over.title = near ? `${near.run.name}: ${wordOf(near.run)}, ${span(near.length * 1000)}` : '';
          plot.over.style.cursor = near ? 'pointer' : '';
        },
        onClick: (plot) => {
          const near = nearest(plot, latest.current.points);
          if (near) latest.current.open(near.run.id);
        },
      }),
    [],
  );
  return <Chart data={data} height={SCATTER_HEIGHT} label={describe(points)} options={options} />;
}

function describe(points: readonly Point[]): string {
  const lengths = points.map(({ length }) => length * 1000);
  return `How long ${count(points.length)} runs took, by their start: from ${span(Math.min(...lengths))} to ${span(Math.max(...lengths))}.`;
}

function nearest(plot: uPlot, points: readonly Point[]): Point | undefined {
  const { left = -1, top = -1 } = plot.cursor;
  let found: Point | undefined;
  let least = NEAR;
  for (const point of points) {
    const away = Math.hypot(plot.valToPos(point.at, 'x') - left, plot.valToPos(point.length, 'y') - top);
    if (away >= least) continue;
    least = away;
    found = point;
  }
  return found;
}

interface Hooks {
  readonly onOver: (plot: uPlot) => void;
  readonly onClick: (plot: uPlot) => void;
}

const EDGE_SECONDS = 1;

function optionsOf({ colors, axis, times }: ChartLook, { onOver, onClick }: Hooks): Omit<uPlot.Options, 'width' | 'height'> {
  return {
    legend: { show: false },
    cursor: { x: false, y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: { range: (_plot, first, last) => padded(first, last) },
      // Runs of a second and of an hour are seen beside each other.
      y: { distr: 3, range: (_plot, least, most) => [10 ** Math.floor(Math.log10(least || 0.1)), 10 ** Math.ceil(Math.log10((most || 1) * 1.01))] },
    },
    axes: [
      { ...axis, size: 30, space: 90, values: (_plot, splits) => times(splits) },
      {
        ...axis,
        size: 78,
        filter: powers,
        grid: { ...axis.grid, filter: powers },
        ticks: { ...axis.ticks, filter: powers },
        values: (_plot, values) => values.map((value) => (value === null ? '' : span(value * 1000))),
      },
    ],
    series: [
      {},
      ...STATE_GROUP_NAMES.map((group) => {
        const color = colors[TONE_OF_GROUP[group] as 'completed'];
        const isBad = group === 'failed';
        return {
          label: STATE_GROUPS[group].label,
          stroke: color,
          paths: () => null,
          // Failed ones are rings: their colour is not the only sign.
          points: { show: true, size: isBad ? 9 : 6, width: isBad ? 2 : 0, stroke: color, fill: isBad ? colors.card : color },
        };
      }),
    ],
    hooks: { setCursor: [onOver], ready: [(plot) => plot.over.addEventListener('click', () => onClick(plot))] },
  };
}

/** Room for the first and the last point. */
function padded(first: number, last: number): [number, number] {
  const room = Math.max(EDGE_SECONDS, (last - first) * 0.02);
  return [first - room, last + room];
}

/** 0.1, 1, 10: the steps between would be too many lines. */
const powers = (_plot: uPlot, splits: readonly number[]): (number | null)[] =>
  splits.map((value) => (Number.isInteger(Math.round(Math.log10(value) * 1e6) / 1e6) ? value : null));
