import { SORTS } from '@sluice/core/api/filter-table';
import { EVERYTHING } from '../../events/news.ts';
import { deleteFlowRuns } from '../../store/delete-runs.ts';
import { compileFilters } from '../../store/filters.ts';
import { deleteFlow, insertFlow, updateFlow } from '../../store/flows.ts';
import { countRecords, listRecords, readRecord } from '../../store/records.ts';
import { expectFound, found } from '../found.ts';
import { createdReply, type Deps, type Handlers, Reply } from '../handlers.ts';

type Keys = Extract<keyof Handlers, `${string} /flows/${string}`>;

export const flowHandlers = ({ database, database: { sql }, desk, newId }: Deps): Handlers<Keys> => ({
  'POST /flows/': async ({ body }) => {
    const created = await insertFlow(sql, newId(), body);
    return createdReply((await readRecord(sql, 'flow_view', { name: body.name })) as string, created);
  },
  'GET /flows/{id}': async ({ params }) => found(`Flow ${params.id}`, await readRecord(sql, 'flow_view', { id: params.id })),
  'GET /flows/name/{name}': async ({ params }) => found(`Flow "${params.name}"`, await readRecord(sql, 'flow_view', { name: params.name })),
  'PATCH /flows/{id}': async ({ params, body }) => expectFound(`Flow ${params.id}`, await updateFlow(sql, params.id, body.tags)),
  'DELETE /flows/{id}': async ({ params }) => {
    const { deleted, wasThere } = await database.transaction(async (tx) => ({
      deleted: await deleteFlowRuns(tx, { flow_id: params.id }),
      wasThere: await deleteFlow(tx, params.id),
    }));
    desk.publish({ ...deleted, claimable: true, records: { flow_run: deleted.flow_runs, deployment: [EVERYTHING] } });
    return expectFound(`Flow ${params.id}`, wasThere);
  },
  'POST /flows/filter': async ({ body }) =>
    new Reply(await listRecords(sql, 'flow_view', { ...body, where: compileFilters(sql, 'flow', body), order: SORTS.flow[body.sort] })),
  'POST /flows/count': async ({ body }) => countRecords(sql, 'flow_view', compileFilters(sql, 'flow', body)),
});
