import { useMemo } from 'react';
import type { QuarantineRow } from '../../api/table-loads.ts';
import { columnsOf, DataTable } from '../base/data-table.tsx';
import styles from './quarantine-table.module.css';
import type { Mends } from './replay-act.ts';

interface QuarantineTableProps {
  readonly rows: readonly QuarantineRow[];
  readonly mends: Mends;
  readonly onMend: (row: QuarantineRow, text: string) => void;
}

interface Row extends Pick<QuarantineTableProps, 'onMend'> {
  readonly row: QuarantineRow;
  readonly text: string;
  readonly isMended: boolean;
}

const columns = columnsOf<Row>((column) => [
  column.display({ id: 'line', header: 'Line', cell: ({ row: { original } }) => original.row.line ?? '–', meta: { align: 'end' } }),
  column.display({ id: 'reason', header: 'Reason', cell: ({ row: { original } }) => <Reason {...original.row} /> }),
  column.display({ id: 'raw', header: 'Raw text: mend it here', cell: ({ row: { original } }) => <RawText {...original} /> }),
]);

function Reason({ column, reason }: QuarantineRow) {
  return (
    <span title={reason ?? ''}>
      {column !== null && <b>{column}: </b>}
      {reason}
    </span>
  );
}

/** What was tried last stands there, or else what the source has. */
export const textOf = ({ raw, mended }: QuarantineRow): string => mended ?? raw ?? '';

/** The beginning of a long row is no text to mend. */
const isWhole = ({ raw, raw_length }: QuarantineRow): boolean => raw !== null && raw.length >= (raw_length ?? 0);

function RawText({ row, text, isMended, onMend }: Row) {
  if (!isWhole(row)) return <code title="It is too long to be mended here.">{row.raw}…</code>;
  return (
    <textarea
      className={styles['raw']}
      data-mended={isMended}
      rows={Math.min(6, text.split('\n').length)}
      spellCheck={false}
      aria-label={`Text of the row of line ${row.line ?? '?'}`}
      title={row.mended === null ? undefined : `In the source: ${row.raw}`}
      value={text}
      onChange={({ target }) => onMend(row, target.value)}
    />
  );
}

/** Rows that could not be kept, with the reason. Their text can be changed. */
export function QuarantineTable({ rows, mends, onMend }: QuarantineTableProps) {
  const shown = useMemo(
    () => rows.map((row) => ({ row, text: mends.get(row.id) ?? textOf(row), isMended: mends.has(row.id), onMend })),
    [rows, mends, onMend],
  );
  return (
    <div className={styles['rows']}>
      <DataTable label="Quarantine" rows={shown} columns={columns} rowKey={({ row }) => row.id} tone={toneOf} />
    </div>
  );
}

const toneOf = ({ isMended }: Row): string => (isMended ? 'accent' : 'late');
