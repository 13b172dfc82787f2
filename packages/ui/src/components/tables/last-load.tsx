import { Link } from '@tanstack/react-router';
import type { WholeTableLoad } from '../../api/table-loads.ts';
import { bytes, compact, count, span } from '../../lib/format.ts';
import { Card } from '../base/card.tsx';
import { Figures } from '../base/figures.tsx';
import { When } from '../base/when.tsx';
import styles from './last-load.module.css';
import { rowsPerSecond } from './table-list.tsx';
import { Verified } from './verified.tsx';

/** What the load that stands in a table has done, from its source to its row in the ledger. */
export function LastLoad({ load }: { readonly load: WholeTableLoad }) {
  const { rows_read, rows_loaded, rows_quarantined, replay_of } = load;
  // A replay reads a few rows, and tells how the table stands then.
  const speed =
    replay_of === null
      ? [
          { label: 'bytes', value: bytes(load.bytes) },
          { label: 'rows/s', value: compact(rowsPerSecond(load)) },
        ]
      : [];
  return (
    <Card title={replay_of === null ? 'Last load' : 'Last load: mended rows of the quarantine'}>
      <Figures
        figures={[
          { label: 'rows read', value: count(rows_read) },
          { label: 'loaded', value: count(rows_loaded) },
          { label: 'quarantined', value: count(rows_quarantined), tone: rows_quarantined > 0 ? 'late' : undefined },
          ...speed,
          { label: 'took', value: span(load.seconds * 1000) },
        ]}
      />
      <dl className={styles['facts']}>
        {factsOf(load).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

const factsOf = (load: WholeTableLoad) =>
  [
    ['Verified', <Verified key="verified" load={load} />],
    ['Source', `${load.source ?? '–'} ${load.source_table ?? ''}`],
    ['Worker', load.worker_name ?? '–'],
    [
      'Run',
      <Link key="run" to="/runs/$id" params={{ id: load.flow_run_id }}>
        {load.flow_run_id.slice(0, 13)}…
      </Link>,
    ],
    ['Committed', <When key="when" at={load.committed} />],
    [
      'Ledger',
      <span key="ledger">
        {load.details && `${count(load.details.parts)} ${load.details.parts === 1 ? 'part' : 'parts'} → `}
        <code>_sluice.load {load.load_id}</code>
      </span>,
    ],
  ] as const;
