import type { ColumnPlan, TablePlan } from '../../model.ts';
import { withCandidate } from './plan-table.ts';
import { type FoundValue, NoText } from './rows.ts';
import { type Candidate, candidatesOf } from './types/candidates.ts';
import { sqliteRule } from './types/rules.ts';

/** Whether its declaration says what its values are meant to be. */
export const isDeclared = ({ source_type }: Pick<ColumnPlan, 'source_type'>): boolean => candidatesOf(source_type).meant !== undefined;

interface Counted extends Candidate {
  misfits: number;
}

/** How many values of each column are none of each type that it may have. */
export class Tally {
  rows = 0;
  readonly columns: readonly (readonly Counted[])[];

  constructor(columns: readonly ColumnPlan[]) {
    this.columns = columns.map(({ source_type }) => candidatesOf(source_type).all.map((candidate) => ({ ...candidate, misfits: 0 })));
  }

  add(row: readonly FoundValue[]): void {
    this.rows++;
    for (const [index, candidates] of this.columns.entries()) {
      const value = row[index] ?? null;
      // What is no text is no value of any type.
      if (value === null || value instanceof NoText) continue;
      for (const candidate of candidates) if (sqliteRule(candidate.type).keep(value, candidate.args) === undefined) candidate.misfits++;
    }
  }
}

/**
 * The plan with types that hold what is there: what was declared, as long as no more rows are none of it than may be in quarantine; or
 * else what holds all of the column, or most. Notes say what is not as declared.
 */
export function chooseColumns(plan: TablePlan, tally: Tally): TablePlan {
  const notes = [...plan.notes];
  const columns = plan.columns.map((column, index) => {
    const candidate = choose(column, tally.columns[index] ?? [], tally.rows * plan.bad_row_share);
    if (!candidate) return column;
    const chosen = withCandidate(column, candidate);
    if (isDeclared(column) && chosen.neutral_type !== column.neutral_type)
      notes.push(`Column ${column.name} is ${chosen.neutral_type}: not all of its values are what its ${column.source_type} says.`);
    return chosen;
  });
  return { ...plan, columns, notes };
}

function choose({ source_type }: ColumnPlan, candidates: readonly Counted[], bearable: number): Candidate | undefined {
  const [first] = candidates;
  if (isDeclared({ source_type }) && first && first.misfits <= bearable) return first;
  return candidates.find(({ misfits }) => misfits === 0) ?? candidates.toSorted((a, b) => a.misfits - b.misfits)[0];
}
