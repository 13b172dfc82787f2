import { extractTable, type PlannedTable, planTable } from '@sluice/etl';
import { flow, task } from '@sluice/sdk';
import { tables } from './tables.ts';

/*
 * The approach before this one, as the guide compares it: one flow run that submits a task for each table. The tag `database`
 * limits how many run at once; all of them share one process on one machine. It reads into parts and loads nothing: the next
 * job's first clean-up removes them. With a server up and the source filled (npx sluice demo) it runs in a clone by:
 * SLUICE_HOME=.sluice npx node -C @sluice/source flows/previous-approach.ts
 */

const plan = task({ name: 'plan-table' }, planTable);
const sqlQuery = task({ name: 'sql-query', tags: ['database'] }, (planned: PlannedTable, context) => extractTable(planned, context));

export const previousApproach = flow({ name: 'previous-approach' }, async ({ limit }: { limit?: number }, { log }) => {
  const planned = await plan.map(tables.slice(0, limit).map((spec) => ({ ...spec, verify: 'sums' as const, sample: 1 }))).results();
  const futures = planned.map((table) => sqlQuery.submit(table));
  const extracted = await Promise.all(futures);
  log.info('extracted', { tables: extracted.length });
  return extracted.map(({ table, rows }) => ({ table, rows }));
});

if (import.meta.main) console.table(await previousApproach({}));
