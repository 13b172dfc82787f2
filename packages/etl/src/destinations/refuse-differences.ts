import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Extract, TablePlan, TableSums } from '../model.ts';
import { formatName } from '../names/qualified-name.ts';
import { compareSums, type Difference, describeDifferences } from '../verify/compare.ts';
import { compareAdded } from '../verify/compare-added.ts';

/** Counts first: rows read = rows of the parts + bad rows, and the table has as many as the parts. Then the sums of every column. */
export function refuseDifferences({ plan, parts, rows_read, rows_quarantined, sums }: Extract, loaded: TableSums): void {
  const inParts = parts.reduce((rows, part) => rows + part.rows, 0);
  const count = (sum: string, source: number, warehouse: number): Difference[] =>
    source === warehouse ? [] : [{ column: null, sum, source: `${source}`, warehouse: `${warehouse}` }];
  const differences = [
    ...count('rows read without bad rows', rows_read - rows_quarantined, loaded.rows),
    ...count('rows of the parts', inParts, loaded.rows),
    ...compareSums(sums, loaded),
  ];
  if (differences.length === 0) return;
  throw new SluiceError('TABLE_UNVERIFIED', `${plan.table} is not what the source held: ${describeDifferences(differences)}.`, {
    hint: 'The warehouse is as it was before. Read the table again; if it differs again, report it with the types of its columns.',
    details: differences.slice(0, 100),
  });
}

/** The same of a table that rows were added to: it has the rows that it had and those. `left` are in quarantine still. */
export function refuseDifferencesAdded(
  { plan, sums: added }: Extract,
  { had, now, rows_read, left }: { readonly had: TableSums; readonly now: TableSums; readonly rows_read: number; readonly left: number },
): void {
  const differences = compareAdded(had, added, now);
  if (differences.length > 0) throw notAdded(plan, describeDifferences(differences));
  if (now.rows + left !== rows_read)
    throw notAdded(plan, `of ${rows_read} rows that were read ${now.rows} are in the table and ${left} in quarantine`);
}

const notAdded = ({ target }: TablePlan, why: string) =>
  new SluiceError('TABLE_UNVERIFIED', `With the mended rows ${formatName(target)} is not what it was and these rows: ${why}.`, {
    hint: 'The warehouse is as it was before. Somebody may have changed the table: load it again from its source.',
    lasting: true,
  });
