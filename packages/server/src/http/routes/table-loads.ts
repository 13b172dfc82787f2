import { insertTableLoad, listTableLoads, readTableLoad } from '../../store/table-loads.ts';
import { found } from '../found.ts';
import { createdReply, type Deps, type Handlers, Reply } from '../handlers.ts';

type Keys = Extract<keyof Handlers, `${string} /table_loads/${string}`>;

export const tableLoadHandlers = ({ database, database: { sql }, newId }: Deps): Handlers<Keys> => ({
  'POST /table_loads/': async ({ body }) => {
    const { json, created } = await database.transaction((tx) => insertTableLoad(tx, newId(), body));
    return createdReply(json, created);
  },
  'POST /table_loads/filter': async ({ body }) => new Reply(await listTableLoads(sql, body)),
  'GET /table_loads/{id}': async ({ params }) => found(`Load ${params.id}`, await readTableLoad(sql, params.id)),
});
