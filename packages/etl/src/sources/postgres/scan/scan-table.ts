import { unlink } from 'node:fs/promises';
import type { Part, StepContext, TablePlan, TableSums } from '../../../model.ts';
import type { PostgresClient } from '../../../postgres/connect.ts';
import { tellRows } from '../../../stage/progress.ts';
import { addSums } from '../../../types/table-sums.ts';
import type { ChunkQueries, Measured } from '../chunk-queries.ts';
import type { Layout } from '../chunks.ts';
import { measure, measureInParallel } from '../measure.ts';
import { ScanFailed, type Scanner } from './scanner.ts';

export interface ScanDeps {
  readonly client: PostgresClient;
  readonly scanner: Scanner;
  readonly queries: ChunkQueries;
  readonly plan: TablePlan;
  /** For the parts. */
  readonly folder: string;
  readonly context: StepContext;
}

/** What is in the parts. */
export interface Scanned {
  readonly parts: readonly Part[];
  readonly sums: TableSums;
  readonly remarks: readonly number[];
}

/**
 * Reads a table into parts while our own transaction, in the same snapshot, measures it. Rows that nobody can keep as they are, are
 * known by then: the answer is why the table cannot be scanned, and the parts are nobody's.
 */
export async function scanTable(deps: ScanDeps, { chunks, whole }: Layout): Promise<Scanned | string> {
  const { client, scanner, queries, plan, folder, context } = deps;
  const tell = tellRows(context, plan.estimated_rows);
  const parts: Part[] = [];
  const measured: Measured[] = [];
  const take = (each: Measured): Measured => {
    measured.push(each);
    return each;
  };
  const isUnfit = () => measured.some(({ hasUnfit }) => hasUnfit);
  const atOnce = whole && measureInParallel(client, queries, whole).then(take);
  const readAll = async (): Promise<void> => {
    let rows = 0;
    for (const chunk of chunks) {
      context.signal.throwIfAborted();
      const [part, counted] = await both(scanner.writePart(plan.columns, chunk, folder), atOnce ? null : measure(client, queries, chunk).then(take));
      parts.push(part);
      if (isUnfit()) return;
      if (counted && counted.rows !== part.rows) throw lost(counted.rows, part.rows);
      rows += part.rows;
      tell(rows);
    }
  };
  await both(readAll(), atOnce);
  if (isUnfit()) return 'it has rows for quarantine';
  const sums = measured.reduce((sum, each) => addSums(sum, each.sums), NO_SUMS);
  const kept = parts.reduce((sum, { rows }) => sum + rows, 0);
  if (sums.rows !== kept) throw lost(sums.rows, kept);
  const empty = parts.filter(({ rows }) => rows === 0);
  await Promise.all(empty.map(({ file }) => unlink(file)));
  return { parts: parts.filter(({ rows }) => rows > 0), sums, remarks: addRemarks(measured) };
}

const NO_SUMS: TableSums = { rows: 0, columns: {}, checksum: null };

const addRemarks = (measured: readonly Measured[]): number[] =>
  (measured[0]?.remarks ?? []).map((_, index) => measured.reduce((sum, { remarks }) => sum + (remarks[index] ?? 0), 0));

/** Both results, when both have ended: nothing goes on behind the back of who hears of a failure. */
async function both<A, B>(one: Promise<A>, other: Promise<B> | null): Promise<[A, B | null]> {
  await Promise.allSettled([one, other]);
  return [await one, await other];
}

const lost = (measured: number, kept: number) => new ScanFailed(`the source has ${measured} rows, and the parts have ${kept}`);
