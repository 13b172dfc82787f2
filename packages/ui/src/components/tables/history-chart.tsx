import { useMemo } from 'react';
import type uPlot from 'uplot';
import type { TableLoad } from '../../api/table-loads.ts';
import { compact, count } from '../../lib/format.ts';
import { Chart, type ChartLook } from '../base/chart.tsx';

const HEIGHT = 190;

/** Rows of a table over its loads, as a line. Newest loads come first. */
export function HistoryChart({ loads }: { readonly loads: readonly TableLoad[] }) {
  const data = useMemo(() => dataOf(loads), [loads]);
  return <Chart data={data} height={HEIGHT} label={describe(loads)} options={optionsOf} />;
}

const describe = (loads: readonly TableLoad[]): string =>
  `Rows over ${loads.length} loads: from ${count(loads.at(-1)?.rows_loaded ?? 0)} to ${count(loads[0]?.rows_loaded ?? 0)}.`;

function dataOf(loads: readonly TableLoad[]): uPlot.AlignedData {
  const oldest = loads.toReversed();
  return [oldest.map(({ committed }) => Date.parse(committed) / 1000), oldest.map((load) => load.rows_loaded)];
}

const optionsOf = ({ colors: { accent }, axis, whole, times }: ChartLook): Omit<uPlot.Options, 'width' | 'height'> => ({
  cursor: { y: false },
  scales: { y: { range: (_plot, _least, most) => [0, Math.max(1, most) * 1.08] } },
  axes: [
    { ...axis, size: 30, space: 90, values: (_plot, splits) => times(splits) },
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
});
