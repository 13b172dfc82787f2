import type { MemberPlan, TablePlan, Unreadable } from '../../model.ts';
import { type FileColumns, type MergedColumns, mergeColumns } from './merge-columns.ts';
import type { ManyFiles } from './pattern.ts';

/** Plans of single files as the plan of one table: its columns are those of all files, by their names. */
export function planMany({ pattern, notes }: ManyFiles, plans: readonly TablePlan[]): TablePlan | Unreadable {
  const [first, ...others] = plans;
  if (!first) throw new TypeError('A table of no files has no plan.');
  const { table, kind } = first;
  const other = others.find((plan) => plan.kind !== kind);
  if (other)
    return {
      table,
      reason: `${first.from.name} and ${other.from.name} are files of two kinds. Name one: from: '${pattern.replace(/\/+$/, '')}/*.csv'.`,
    };
  const merged = mergeColumns(
    kind,
    plans.map(({ from, columns }): FileColumns => ({ file: from.name, columns })),
  );
  if (typeof merged === 'string') return { table, reason: merged };
  const { file: _one, ...rest } = first;
  return {
    ...rest,
    from: { schema: null, name: pattern },
    columns: merged.columns,
    estimated_rows: plans.reduce((sum, { estimated_rows }) => sum + (estimated_rows ?? 0), 0),
    estimated_bytes: plans.reduce((sum, { estimated_bytes }) => sum + (estimated_bytes ?? 0), 0),
    notes: [
      ...(first.from.name === pattern ? [] : [`The table is ${plans.length === 1 ? 'one file' : `${plans.length} files`} of ${pattern}.`]),
      ...merged.notes,
      ...plans.flatMap((plan) => plan.notes.map((note) => `${plan.from.name}: ${note}`)),
      ...notes,
    ],
    members: asMembers(plans, merged),
  };
}

/** The files of a table, each with its columns where they are not those of the table. */
export const asMembers = (plans: readonly TablePlan[], { columns: all, ofFiles }: MergedColumns): MemberPlan[] =>
  plans.flatMap(({ from, file, keys }, index): MemberPlan[] => {
    const columns = ofFiles[index] ?? [];
    return file ? [{ name: from.name, file, ...(JSON.stringify(columns) !== JSON.stringify(all) && { columns }), ...(keys && { keys }) }] : [];
  });

/** The files of a plan, each as a plan of its own. */
export function membersOf(plan: TablePlan): TablePlan[] {
  if (!plan.members) return [plan];
  const { members, ...table } = plan;
  return members.map(({ name, file, keys, columns = plan.columns }) => ({
    ...table,
    from: { schema: null, name },
    file,
    columns: keys ? columns.filter((column) => !(column.name in keys)) : columns,
    ...(keys && { keys }),
  }));
}
