import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import type { RowGroup } from 'hyparquet';
import type { ColumnPlan, TablePlan } from '../../../model.ts';
import { type ColumnFacts, factsFor } from './facts.ts';
import { openParquet, type ParquetFile, rowsOfGroups } from './footer.ts';
import { BrokenPage, checkPages } from './pages.ts';
import { metaOf, readChunk, valuesOf } from './values.ts';

/** What the second reader has seen of some row groups, to compare with what DuckDB says of the same rows. */
export interface SecondLook {
  readonly ranges: readonly { readonly from: number; readonly to: number }[];
  readonly facts: ReadonlyMap<ColumnPlan, ColumnFacts>;
  readonly notes: readonly string[];
}

/** So many values are looked at again without being asked for all: a second or so. */
const USUAL_VALUES = 2_000_000;

/**
 * Reads a Parquet file by a reader that shares nothing with DuckDB: all of it, or row groups spread over it as far as the usual
 * number of values goes. Pages that break the format are an error.
 */
export async function lookAgain(
  path: string,
  plan: TablePlan,
  { all, signal }: { readonly all: boolean; readonly signal: AbortSignal },
): Promise<SecondLook> {
  await using file = await openParquet(path);
  const chosen = chooseGroups(file, all);
  const facts = new Map(
    plan.columns.map((column) => [column, factsFor(column)] as const).filter((entry): entry is [ColumnPlan, ColumnFacts] => entry[1] !== null),
  );
  const faults = new Map<string, string>();
  for (const index of chosen) {
    const group = file.groups[index];
    if (!group) continue;
    for (const { meta_data: meta } of group.columns) {
      signal.throwIfAborted();
      if (!meta) continue;
      const name = meta.path_in_schema.join('.');
      try {
        const chunk = await readChunk(file, meta);
        checkPages(chunk, Number(group.num_rows));
        const column = metaOf(group, name) === meta ? plan.columns.find(({ source_name }) => source_name === name) : undefined;
        const sums = column && facts.get(column);
        if (sums) sums.add(valuesOf(chunk, group), chunk.path.at(-1)?.element ?? { name });
      } catch (error) {
        if (error instanceof BrokenPage) throw broken(plan, { name, index, error });
        faults.set(name, messageOf(error));
      }
    }
  }
  for (const column of [...facts.keys()]) if (faults.has(column.source_name)) facts.delete(column);
  const rows = rowsOfGroups(file.groups);
  return {
    ranges: chosen.flatMap((index) => rows[index] ?? []),
    facts,
    notes: [...faults].map(([name, fault]) => `A second reader could not check column ${name}: ${fault}.`),
  };
}

function chooseGroups({ groups }: ParquetFile, all: boolean): number[] {
  const values = groups.map(({ columns, num_rows }: RowGroup) => columns.length * Number(num_rows));
  const total = values.reduce((sum, count) => sum + count, 0);
  if (all || total <= USUAL_VALUES) return groups.map((_, index) => index);
  const count = Math.max(1, Math.floor((groups.length * USUAL_VALUES) / total));
  const step = count === 1 ? 0 : (groups.length - 1) / (count - 1);
  return [...new Set(Array.from({ length: count }, (_, index) => Math.round(index * step)))];
}

const broken = ({ table }: TablePlan, { name, index, error }: { name: string; index: number; error: BrokenPage }): SluiceError =>
  new SluiceError('TABLE_UNREADABLE', `${table} cannot be read: column ${name} is broken in row group ${index}: ${error.message}.`, {
    hint: 'Write the file again: readers differ about what a broken column holds.',
    cause: error,
    lasting: true,
  });

/** Compares the facts of both readers. */
export function expectSame({ table }: TablePlan, facts: SecondLook['facts'], ofDuckdb: readonly (readonly (string | null)[])[]): void {
  for (const [index, [column, ours]] of [...facts].entries()) {
    const [mine, theirs] = [ours.values(), ofDuckdb[index] ?? []];
    const at = mine.findIndex((value, place) => value !== (theirs[place] ?? null));
    if (at < 0) continue;
    throw new SluiceError(
      'TABLE_UNREADABLE',
      `${table} cannot be read: two readers differ about column ${column.source_name} (${ours.names[at]}: ${mine[at]} and ${theirs[at]}).`,
      { hint: 'Write the file again, or read it as CSV.', lasting: true },
    );
  }
}
