import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ArtifactCollection } from '../../api/artifacts.ts';
import { columnsOf, DataTable } from '../base/data-table.tsx';
import { When } from '../base/when.tsx';
import { summaryOf } from './artifact-data.ts';

const columns = columnsOf<ArtifactCollection>((column) => [
  column.display({ id: 'key', header: 'Key', cell: ({ row }) => <Key of={row.original} />, meta: { width: '26%', narrow: '36%' } }),
  column.display({ id: 'type', header: 'Type', cell: ({ row }) => row.original.type ?? '–', meta: { width: '110px', narrow: '98px' } }),
  column.display({ id: 'data', header: 'Newest', cell: ({ row }) => summaryOf(row.original) }),
  column.display({ id: 'run', header: 'Run', cell: ({ row }) => <Run {...row.original} />, meta: { wideOnly: true, width: '110px' } }),
  column.display({ id: 'at', header: 'When', cell: ({ row }) => <When at={row.original.updated} />, meta: { wideOnly: true, width: '130px' } }),
]);

interface ArtifactTableProps {
  readonly artifacts: readonly ArtifactCollection[];
  readonly empty: ReactNode;
}

/** Keys with the newest artifact of each. */
export const ArtifactTable = ({ artifacts, empty }: ArtifactTableProps) => (
  <DataTable label="Artifacts" rows={artifacts} columns={columns} rowKey={({ id }) => id} empty={empty} />
);

const Key = ({ of: { key } }: { readonly of: ArtifactCollection }) => (
  <Link to="/artifacts/$key" params={{ key }}>
    {key}
  </Link>
);

function Run({ flow_run_id: id }: ArtifactCollection) {
  if (!id) return <span className="quiet">–</span>;
  return (
    <Link to="/runs/$id" params={{ id }} search={{ tab: 'artifacts' }}>
      its run
    </Link>
  );
}
