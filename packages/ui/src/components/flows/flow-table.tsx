import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { type FlowRun, flowRuns } from '../../api/flow-runs.ts';
import type { Flow } from '../../api/flows.ts';
import { columnsOf, DataTable } from '../base/data-table.tsx';
import { StateBadge } from '../base/state-badge.tsx';
import { Tags } from '../base/tags.tsx';
import { When } from '../base/when.tsx';
import { useRecentRuns } from '../flow-runs/recent-runs.ts';
import { RunBars } from '../flow-runs/run-bars.tsx';
import { totalOf } from './total-of.ts';

interface Row {
  readonly flow: Flow;
  readonly recent: readonly FlowRun[] | undefined;
  readonly isKnown: boolean;
}

const columns = columnsOf<Row>((column) => [
  column.display({ id: 'name', header: 'Flow', cell: ({ row }) => <Name {...row.original} /> }),
  column.display({ id: 'state', header: 'Newest run', cell: ({ row }) => <Newest {...row.original} />, meta: { width: '140px' } }),
  column.display({ id: 'when', header: 'When', cell: ({ row }) => <Due {...row.original} />, meta: { width: '120px', wideOnly: true } }),
  column.display({ id: 'last', header: 'Last runs', cell: ({ row }) => <Last {...row.original} />, meta: { width: '160px', wideOnly: true } }),
  column.display({ id: 'count', header: 'Runs', cell: ({ row }) => <Total {...row.original} />, meta: { width: '90px', align: 'end' } }),
  column.display({ id: 'tags', header: 'Tags', cell: ({ row }) => <Tags tags={row.original.flow.tags} />, meta: { wideOnly: true } }),
]);

const flowOf = ({ flow_id }: FlowRun) => flow_id;

/** Flows with how their runs went. */
export function FlowTable({ flows, empty }: { readonly flows: readonly Flow[]; readonly empty?: ReactNode }) {
  const recent = useRecentRuns(flowOf);
  const rows = useMemo(() => flows.map((flow) => ({ flow, recent: recent?.get(flow.id), isKnown: recent !== undefined })), [flows, recent]);
  return <DataTable label="Flows" rows={rows} columns={columns} rowKey={({ flow }) => flow.id} empty={empty} />;
}

const Name = ({ flow: { id, name } }: Row) => (
  <Link to="/flows/$id" params={{ id }}>
    {name}
  </Link>
);

const FEW = 16;

function useLastRuns({ flow: { id }, recent, isKnown }: Row): readonly FlowRun[] {
  const own = useQuery({ ...flowRuns.list({ flows: { id: { any_: [id] } }, limit: FEW }), enabled: isKnown && !recent });
  return recent ?? own.data ?? [];
}

function Newest(row: Row) {
  const [run] = useLastRuns(row);
  if (!run) return <span className="quiet">none</span>;
  return (
    <Link to="/runs/$id" params={{ id: run.id }} title={run.name}>
      <StateBadge run={run} />
    </Link>
  );
}

const Due = (row: Row) => <When at={useLastRuns(row)[0]?.expected_start_time} />;

const Last = (row: Row) => <RunBars runs={useLastRuns(row)} />;

/** Many flows ask for many counts, so each asks seldom. */
const SELDOM_MS = 5000;

function Total({ flow: { id } }: Row) {
  const { data } = useQuery({ ...flowRuns.summary({ flows: { id: { any_: [id] } } }), meta: { topics: ['flow_run'], gap: SELDOM_MS } });
  return <span className="number">{data ? totalOf(data) : ''}</span>;
}
