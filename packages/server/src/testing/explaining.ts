import type { Sql } from '../db/database.ts';

/** A node of a plan, as PostgreSQL tells it. */
export interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Recheck Cond'?: string;
  readonly 'Plan Rows': number;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

/** A connection that reads the plan of each statement before it runs it. */
export function explaining(sql: Sql, plans: Plan[]): Sql {
  const explain = (strings: unknown, ...values: unknown[]) => {
    const query = (sql as unknown as (...parts: unknown[]) => PromiseLike<unknown>)(strings, ...values);
    if (!Array.isArray(strings) || !('raw' in strings) || /^\s*explain/.test(String(strings[0]))) return query;
    const run = query.then.bind(query);
    // Only a statement that is awaited has a plan; a part of one is taken as it is.
    const explained = async (...next: Parameters<typeof run>) => {
      const [row] = await sql<[{ 'QUERY PLAN': [{ Plan: Plan }] }]>`explain (analyze, timing off, format json) ${query as never}`;
      plans.push(row['QUERY PLAN'][0].Plan);
      return run(...next);
    };
    return Object.defineProperty(query, 'then', { value: explained });
  };
  return Object.assign(explain, { unsafe: sql.unsafe.bind(sql) }) as never;
}
