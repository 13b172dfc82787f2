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
  const { rows_read, rows_loaded, rows_quarantined, details } = load;
  return (
    <Card title={load.replay_of === null ? 'Last load' : 'Last load: mended rows of the quarantine'}>
      <Figures
        figures={[
          { label: 'rows read', value: count(rows_read) },
          { label: 'loaded', value: count(rows_loaded) },
          { label: 'quarantined', value: count(rows_quarantined), tone: rows_quarantined > 0 ? 'late' : undefined },
          { label: 'bytes', value: bytes(load.bytes) },
          { label: 'rows/s', value: compact(rowsPerSecond(load)) },
          { label: 'took', value: span(load.seconds * 1000) },
        ]}
      />
      <dl className={styles['facts']}>
        <Fact label="Verified">
          <Verified load={load} />
        </Fact>
        <Fact label="Source">
          {load.source ?? '–'}
          {load.source_table && <span className="quiet"> {load.source_table}</span>}
        </Fact>
        <Fact label="Worker">{load.worker_name ?? '–'}</Fact>
        <Fact label="Run">
          <Link to="/runs/$id" params={{ id: load.flow_run_id }}>
            {load.flow_run_id.slice(0, 13)}…
          </Link>
        </Fact>
        <Fact label="Committed">
          <When at={load.committed} />
        </Fact>
        <Fact label="Ledger">
          {details && `${count(details.parts)} ${details.parts === 1 ? 'part' : 'parts'} → `}
          <code>_sluice.load {load.load_id}</code>
        </Fact>
        <Fact label="Warehouse">
          <code>{load.warehouse}</code>
        </Fact>
      </dl>
    </Card>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
