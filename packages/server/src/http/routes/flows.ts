import { SORTS } from '@sluice/core/api/filter-table';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { EVERYTHING } from '../../events/news.ts';
import { deleteFlowRuns } from '../../store/delete-runs.ts';
import { compileFilters } from '../../store/filters.ts';
import { deleteFlow, insertFlow, updateFlow } from '../../store/flows.ts';
import { countRecords, listIds, listRecords, readRecord } from '../../store/records.ts';
import { readNamedTogether } from '../../store/records-together.ts';
import { expectFound, found } from '../found.ts';
import { createdReply, type Deps, type Handlers, Reply } from '../handlers.ts';
import { paginated } from '../paginate.ts';

type Keys = Extract<keyof Handlers, `${string} /flows/${string}`>;

/** A flow with its runs and deployments, in one transaction. */
async function deleteWhole({ database, desk }: Pick<Deps, 'database' | 'desk'>, id: string): Promise<boolean> {
  const { deleted, wasThere } = await database.transaction(async (tx) => ({
    deleted: await deleteFlowRuns(tx, { flow_id: id }),
    wasThere: await deleteFlow(tx, id),
  }));
  desk.publish({ ...deleted, claimable: true, records: { flow: [id], flow_run: deleted.flow_runs, deployment: [EVERYTHING] } });
  return wasThere;
}

export const flowHandlers = ({ database, database: { sql }, byKey, desk, newId }: Deps): Handlers<Keys> => {
  const readNamed = readNamedTogether(byKey.sql, 'flow_view');
  return {
    'POST /flows/': async ({ body }) => {
      // Prefect's clients ask before each run: it is there, but for the first time.
      const there = await readNamed(body.name);
      if (there !== undefined) return createdReply(there, false);
      const id = newId();
      const created = await insertFlow(sql, id, body);
      if (created) desk.publish({ records: { flow: [id] } });
      return createdReply((await readNamed(body.name)) as string, created);
    },
    'GET /flows/{id}': async ({ params }) => found(`Flow ${params.id}`, await readRecord(sql, 'flow_view', { id: params.id })),
    'GET /flows/name/{name}': async ({ params }) => found(`Flow "${params.name}"`, await readRecord(sql, 'flow_view', { name: params.name })),
    'PATCH /flows/{id}': async ({ params: { id }, body }) => {
      expectFound(`Flow ${id}`, await updateFlow(sql, id, body.tags));
      desk.publish({ records: { flow: [id] } });
    },
    'DELETE /flows/{id}': async ({ params }) => expectFound(`Flow ${params.id}`, await deleteWhole({ database, desk }, params.id)),
    'POST /flows/bulk_delete': async ({ body: { flows, limit } }) => {
      if (!flows) throw new SluiceError('INVALID_REQUEST', 'A filter is needed.', { hint: '{"flows": {}} stands for all flows.' });
      const ids = await listIds(sql, 'flow_view', { where: compileFilters(sql, 'flow', { flows }), order: SORTS.flow.NAME_ASC, limit });
      const deleted: string[] = [];
      for (const id of ids) if (await deleteWhole({ database, desk }, id)) deleted.push(id);
      return { deleted };
    },
    'POST /flows/paginate': async ({ body: { limit, page, sort, ...filters } }) => {
      const where = compileFilters(sql, 'flow', filters);
      const list = (slice: { limit: number; offset: number }) => listRecords(sql, 'flow_view', { ...slice, where, order: SORTS.flow[sort] });
      return paginated({ limit, page }, list, () => countRecords(sql, 'flow_view', where));
    },
    'POST /flows/filter': async ({ body }) =>
      new Reply(await listRecords(sql, 'flow_view', { ...body, where: compileFilters(sql, 'flow', body), order: SORTS.flow[body.sort] })),
    'POST /flows/count': async ({ body }) => countRecords(sql, 'flow_view', compileFilters(sql, 'flow', body)),
  };
};
