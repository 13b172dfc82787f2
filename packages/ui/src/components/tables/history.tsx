import { lazy, Suspense } from 'react';
import type { TableLoad } from '../../api/table-loads.ts';
import { count } from '../../lib/format.ts';
import { Card } from '../base/card.tsx';

const HistoryChart = lazy(async () => ({ default: (await import('./history-chart.tsx')).HistoryChart }));

/** How many rows a table had after each of its loads. */
export function History({ loads }: { readonly loads: readonly TableLoad[] }) {
  return (
    <Card title="Rows over loads" actions={<span className="quiet">{loads.length === 1 ? '1 load' : `${count(loads.length)} loads`}</span>}>
      {loads.length > 1 ? (
        <Suspense fallback={<div style={{ height: 222 }} />}>
          <HistoryChart loads={loads} />
        </Suspense>
      ) : (
        <p className="quiet">This is its first load that is known: the second one makes a line.</p>
      )}
    </Card>
  );
}
