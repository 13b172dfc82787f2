import type pg from 'pg';
import type { TablePlan } from '../../model.ts';
import { identifier } from '../../types/sql.ts';
import { type Relation, readable } from './relations.ts';

/** A piece of a table: rows of `from` that meet all `conditions`. */
export interface Chunk {
  readonly number: number;
  readonly from: string;
  readonly conditions: readonly string[];
  /** Its first page, and the one behind its last; null where rows have no place. */
  readonly pages: readonly [from: number, to: number] | null;
}

/** Pages are those of the largest partition: a range of them is read in every partition. */
interface Storage {
  readonly pages: number;
  readonly bytes: number;
  readonly toast_bytes: number;
  /** Whether every row has a place, by which a part of the table can be read. */
  readonly has_pages: boolean;
}

const STORAGE = `
  select max(pg_relation_size(leaf.oid) / current_setting('block_size')::int)::float8 as pages,
         sum(pg_table_size(leaf.oid))::float8 as bytes,
         sum(coalesce(pg_table_size(nullif(leaf.reltoastrelid, 0)), 0))::float8 as toast_bytes,
         bool_and(leaf.relkind in ('r', 'm') and am.amname = 'heap') as has_pages
    from (select $1::oid as oid where $2 <> 'partitioned table' union all select relid from pg_partition_tree($1::oid::regclass) where isleaf) leaves
    join pg_class leaf on leaf.oid = leaves.oid
    left join pg_am am on am.oid = leaf.relam`;

export interface Layout {
  readonly chunks: readonly Chunk[];
  /** All of the table, when it may be measured at once; null when each chunk is measured before it is copied. */
  readonly whole: Chunk | null;
  /** Of the table, with what stands outside of its rows; null where nobody knows. */
  readonly bytes: number | null;
  /** Bytes of values that stand outside of their rows; null where nobody knows. Where there are few, no value is large. */
  readonly toast_bytes: number | null;
}

/**
 * Tables between these sizes are measured at once, by parallel workers, which PostgreSQL has for whole tables only: on 2 cores that takes
 * a tenth off the time of the extract. Smaller ones get no workers, and larger ones would be read twice from the disk.
 */
const PARALLEL_FROM = 8 * 2 ** 20;
const PARALLEL_UP_TO = 2 ** 30;
/** What a worker hands over is a row of all sums, up to four for a column, and a row has at most 1664 values. */
const PARALLEL_COLUMNS = 400;

/** How a table is divided. Sizes are read in the transaction that reads the rows, so no row is behind the last page. */
export async function layOut(client: pg.Client, relation: Relation, plan: TablePlan): Promise<Layout> {
  const { rows } = await client.query<Storage>(STORAGE, [relation.oid, relation.kind]);
  const [storage] = rows;
  const from = readable(relation);
  // Who may read some columns only may not ask for the place of a row.
  if (!storage?.has_pages || relation.is_partial)
    return { chunks: [{ number: 1, from, conditions: someRows(plan), pages: null }], whole: null, bytes: null, toast_bytes: null };
  const chunks = ranges(storage, plan).map((range, index) => ({ number: index + 1, from, ...range }));
  const atOnce = plan.sample === 1 && storage.bytes >= PARALLEL_FROM && storage.bytes <= PARALLEL_UP_TO && plan.columns.length <= PARALLEL_COLUMNS;
  const whole = atOnce ? { number: 0, from, conditions: [], pages: null } : null;
  return { chunks, whole, bytes: storage.bytes, toast_bytes: storage.toast_bytes };
}

/** For a view: rows by a hash of all that is in them. */
const someRows = ({ sample, columns }: TablePlan): string[] => {
  const row = `row(${columns.map(({ source_name }) => identifier(source_name)).join(', ')})`;
  return sample < 1 ? [`(hashtextextended(${row}::text, 0) & 2147483647) < ${Math.ceil(sample * 2 ** 31)}`] : [];
};

/**
 * Ranges of pages. Values outside of the rows count as part of a page, so that few pages are read at a time where they are large. The
 * first range is open below and the last above. A sample takes the first pages of each range.
 */
export function ranges(
  { pages, bytes }: Pick<Storage, 'pages' | 'bytes'>,
  { chunk_mb, sample }: Pick<TablePlan, 'chunk_mb' | 'sample'>,
): { readonly conditions: string[]; readonly pages: readonly [from: number, to: number] }[] {
  const share = Math.min(1, (chunk_mb * 2 ** 20) / Math.max(1, bytes));
  const step = Math.max(1, Math.floor(pages * share));
  const starts = Array.from({ length: Math.max(1, Math.ceil(pages / step)) }, (_, index) => index * step);
  return starts.map((start, index) => {
    const next = index === starts.length - 1 ? undefined : start + step;
    const end = sample < 1 ? start + Math.ceil(((next ?? pages) - start) * sample) : next;
    return {
      conditions: [...(index === 0 ? [] : [`ctid >= '(${start},0)'`]), ...(end === undefined ? [] : [`ctid < '(${end},0)'`])],
      pages: [start, end ?? Math.max(pages, start)] as const,
    };
  });
}
