import type { Extract, TablePlan } from '../model.ts';

type Counted = Pick<Extract, 'rows_read' | 'rows_quarantined'> & { readonly plan: Pick<TablePlan, 'bad_row_share'> };

const percent = new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: 3 });

/** Why a table with this many bad rows does not count as verified, in words; null when it does. */
export function quarantineFault({ rows_read, rows_quarantined, plan }: Counted): string | null {
  if (rows_quarantined <= rows_read * plan.bad_row_share) return null;
  const share = percent.format(rows_quarantined / rows_read);
  return `${rows_quarantined} of ${rows_read} rows (${share}) are in quarantine; up to ${percent.format(plan.bad_row_share)} would count as verified.`;
}
