import type { Fragment, Sql } from '../db/database.ts';

/** In the planner's own units: rows that stand together, some 50,000, or a thousand here and there. */
export const FEW = 5000;

type Explained = [{ 'QUERY PLAN': [{ Plan: { 'Total Cost': number } }] }];

/** What a statement costs, as the planner expects. That is asked with the values of the request. */
export async function costOf(sql: Sql, statement: Fragment): Promise<number> {
  const [row] = await sql<Explained>`explain (format json) ${statement}`;
  return row['QUERY PLAN'][0].Plan['Total Cost'];
}

/** Whether a statement can read all that it selects at once. */
export const findsFew = async (sql: Sql, statement: Fragment): Promise<boolean> => (await costOf(sql, statement)) <= FEW;
