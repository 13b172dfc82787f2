import { useRef, useState } from 'react';
import type { ServerStatus } from '../../api/admin.ts';
import { count } from '../../lib/format.ts';
import { Button } from '../base/button.tsx';
import { Card } from '../base/card.tsx';
import { columnsOf, DataTable } from '../base/data-table.tsx';
import { Empty } from '../base/notice.tsx';
import styles from './route-times.module.css';
import { time } from './status-facts.tsx';

interface Row {
  readonly route: string;
  readonly ms: ServerStatus['requests'][number]['ms'];
  /** Of the slowest, for the length of the bar. */
  readonly share: number;
}

const FEW = 12;

const columns = columnsOf<Row>((column) => [
  column.display({ id: 'route', header: 'Route', cell: ({ row }) => <code title={row.original.route}>{row.original.route}</code> }),
  column.display({
    id: 'bar',
    header: 'p95, and half of it all',
    cell: ({ row }) => <Bar {...row.original} />,
    meta: { width: '30%', wideOnly: true },
  }),
  column.display({ id: 'p95', header: 'p95', cell: ({ row }) => time(row.original.ms.p95), meta: { align: 'end', narrow: '74px' } }),
  column.display({ id: 'p50', header: 'Half', cell: ({ row }) => time(row.original.ms.p50), meta: { align: 'end', wideOnly: true } }),
  column.display({ id: 'most', header: 'Most', cell: ({ row }) => time(row.original.ms.most), meta: { align: 'end', wideOnly: true } }),
  column.display({ id: 'count', header: 'Answers', cell: ({ row }) => count(row.original.ms.count), meta: { align: 'end', narrow: '76px' } }),
]);

/** How long answers took by route, the slowest first. The order holds while the mouse is on it. */
export function RouteTimes({ requests }: Pick<ServerStatus, 'requests'>) {
  const [isWhole, setWhole] = useState(false);
  const order = useRef<readonly string[]>([]);
  const isOver = useRef(false);
  const known = new Map(requests.map((each) => [each.route, each]));
  if (!isOver.current) order.current = [...requests].sort((a, b) => b.ms.p95 - a.ms.p95).map(({ route }) => route);
  const most = Math.max(...requests.map(({ ms }) => ms.p95), 0.001);
  const rows = order.current.flatMap((route) => {
    const each = known.get(route);
    return each ? [{ ...each, share: each.ms.p95 / most }] : [];
  });
  return (
    <div onPointerEnter={() => (isOver.current = true)} onPointerLeave={() => (isOver.current = false)}>
      <Card
        title="Answers by route"
        flush
        actions={
          rows.length > FEW && (
            <Button aria-pressed={isWhole} onClick={() => setWhole(!isWhole)}>
              {isWhole ? `The ${FEW} slowest` : `All ${rows.length} routes`}
            </Button>
          )
        }
      >
        <DataTable
          label="Answers by route"
          rows={isWhole ? rows : rows.slice(0, FEW)}
          columns={columns}
          rowKey={({ route }) => route}
          empty={<Empty title="Nothing was asked in the last five minutes" />}
        />
      </Card>
    </div>
  );
}

function Bar({ ms, share }: Row) {
  return (
    <span className={styles['bar']} aria-hidden="true" style={{ width: `${Math.max(1, share * 100)}%` }}>
      <i style={{ width: `${Math.min(1, ms.p50 / Math.max(ms.p95, 0.001)) * 100}%` }} />
    </span>
  );
}
