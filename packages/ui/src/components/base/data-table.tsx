import { type ColumnDef, createColumnHelper, type RowData, tableFeatures, useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import styles from './data-table.module.css';

const features = tableFeatures({});
export type Column<R extends RowData> = ColumnDef<typeof features, R>;

/** Columns of a table. Keep the result out of the component: new columns make a new table. */
export const columnsOf = <R extends RowData>(
  make: (column: ReturnType<typeof createColumnHelper<typeof features, R>>) => readonly unknown[],
): readonly Column<R>[] => make(createColumnHelper<typeof features, R>()) as readonly Column<R>[];

/** How a column is shown, in its `meta`. */
interface Look {
  readonly align?: 'end';
  /** CSS width, such as `20%` or `120px`. */
  readonly width?: string;
  /** The width on a phone. A table with such columns has the width of the screen there; one without is moved sideways. */
  readonly narrow?: string;
  /** Left out where there is little room. */
  readonly wideOnly?: boolean;
  /** Long text goes on in the next line. */
  readonly wraps?: boolean;
}

interface DataTableProps<R extends RowData> {
  readonly label: string;
  readonly rows: readonly R[];
  readonly columns: readonly Column<R>[];
  readonly rowKey: (row: R) => string;
  /** A colour at the left edge. */
  readonly tone?: (row: R) => string;
  readonly empty?: ReactNode;
}

/** From so many rows on only those that are seen are in the page. */
const VIRTUAL_FROM = 150;
const ROW_HEIGHT = 37;

/** Rows in columns. Long lists stay quick; `j` and `k` go through the rows. */
export function DataTable<R extends RowData>({ label, rows, columns, rowKey, tone, empty }: DataTableProps<R>) {
  const table = useTable({ features, columns: columns as Column<R>[], data: rows as R[], getRowId: (row) => rowKey(row) });
  const all = table.getRowModel().rows;
  const body = useRef<HTMLTableSectionElement>(null);
  const window = useWindowOf(body, all.length);
  if (rows.length === 0 && empty) return empty;
  const fits = columns.some(({ meta }) => (meta as Look | undefined)?.narrow);
  const shown = window ? all.slice(window.first, window.last) : all;
  return (
    <div className={styles['scroll']}>
      <table className={styles['table']} data-fits={fits || undefined} aria-label={label} aria-rowcount={all.length}>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map((header) => (
                <th key={header.id} scope="col" {...lookOfColumn(header.column.columnDef.meta as Look)}>
                  <table.FlexRender header={header} />
                </th>
              ))}
            </tr>
          ))}
        </thead>
        <tbody ref={body}>
          {window && <Space height={window.above} />}
          {shown.map((row) => (
            <tr key={row.id} data-row={row.id} data-tone={tone?.(row.original)}>
              {row.getAllCells().map((cell) => (
                <td key={cell.id} {...lookOfColumn(cell.column.columnDef.meta as Look)}>
                  <table.FlexRender cell={cell} />
                </td>
              ))}
            </tr>
          ))}
          {window && <Space height={window.below} />}
        </tbody>
      </table>
    </div>
  );
}

const lookOfColumn = (look: Look | undefined = {}) => ({
  ...((look.width || look.narrow) && { style: { '--width': look.width, '--narrow': look.narrow ?? look.width } as CSSProperties }),
  'data-align': look.align,
  'data-wide': look.wideOnly,
  'data-wraps': look.wraps,
});

function Space({ height }: { readonly height: number }) {
  return (
    <tr>
      <td colSpan={99} className={styles['space']} style={{ height }} />
    </tr>
  );
}

/** Which rows the window shows, by the page's own scrolling; undefined for a list that is short. */
function useWindowOf(body: React.RefObject<HTMLTableSectionElement | null>, count: number) {
  const [top, setTop] = useState(0);
  const isLong = count >= VIRTUAL_FROM;
  // Asked of a short list too, the place would lay out the page and draw each table twice.
  useLayoutEffect(() => {
    if (isLong) setTop((body.current?.getBoundingClientRect().top ?? 0) + globalThis.scrollY);
  }, [body, isLong]);
  const virtualizer = useVirtualizer({
    count,
    enabled: isLong,
    estimateSize: () => ROW_HEIGHT,
    overscan: 20,
    getScrollElement: () => document.scrollingElement,
    scrollMargin: top,
  });
  if (!isLong) return undefined;
  const items = virtualizer.getVirtualItems();
  const [first, last] = [items[0], items.at(-1)];
  if (!first || !last) return { first: 0, last: 60, above: 0, below: 0 };
  return { first: first.index, last: last.index + 1, above: first.start - top, below: virtualizer.getTotalSize() - (last.end - top) };
}
