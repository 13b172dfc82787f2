import { uuidv7 } from 'uuidv7';
import { openDatabase } from '../db/database.ts';

/** Holds a row as another server would, until released; and gives a flow run another state meanwhile, when one is named. */
export async function lockElsewhere(
  databaseUrl: string,
  table: 'flow_run' | 'task_run',
  id: string,
  state?: string,
): Promise<{ release(): Promise<void> }> {
  const other = openDatabase(databaseUrl, { max: 1 });
  const held = Promise.withResolvers<void>();
  const wanted = Promise.withResolvers<void>();
  const transaction = other.transaction(async (sql) => {
    await sql`select from ${sql(table)} where id = ${id} for update`;
    if (state) {
      const state_id = uuidv7();
      await sql`insert into flow_run_state (id, flow_run_id, type, name, timestamp) values (${state_id}, ${id}, ${state}, ${state}, clock_timestamp())`;
      await sql`update flow_run set state_id = ${state_id}, state_type = ${state}, state_name = ${state} where id = ${id}`;
    }
    held.resolve();
    await wanted.promise;
  });
  await Promise.race([held.promise, transaction]);
  return {
    release: async () => {
      wanted.resolve();
      await transaction;
      await other.close();
    },
  };
}
