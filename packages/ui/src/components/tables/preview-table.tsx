import { useMemo } from 'react';
import type { WholeTableLoad } from '../../api/table-loads.ts';
import { columnsOf, DataTable } from '../base/data-table.tsx';

type Preview = NonNullable<WholeTableLoad['details']>['preview'];
type Row = Preview['rows'][number];

/** The first rows of a table, as text. */
export function PreviewTable({ preview }: { readonly preview: Preview }) {
  const columns = useMemo(
    () =>
      columnsOf<readonly [number, Row]>((column) =>
        preview.columns.map((name, index) =>
          column.display({ id: `${index} ${name}`, header: name, cell: ({ row: { original } }) => <Value value={original[1][index] ?? null} /> }),
        ),
      ),
    [preview],
  );
  const rows = useMemo(() => preview.rows.map((row, index) => [index, row] as const), [preview]);
  return <DataTable label="First rows" rows={rows} columns={columns} rowKey={([index]) => String(index)} />;
}

const Value = ({ value }: { readonly value: string | null }) =>
  value === null ? <span className="quiet">NULL</span> : <span title={value}>{value}</span>;
