import { listRecords, readRecord } from '../../store/records.ts';
import { deleteSavedSearch, upsertSavedSearch } from '../../store/saved-searches.ts';
import { expectFound, found } from '../found.ts';
import { createdReply, type Deps, type Handlers, Reply } from '../handlers.ts';

type Keys = Extract<keyof Handlers, `${string} /saved_searches/${string}`>;

export const savedSearchHandlers = ({ database: { sql }, newId }: Deps): Handlers<Keys> => ({
  'PUT /saved_searches/': async ({ body }) => {
    const created = await upsertSavedSearch(sql, newId(), body);
    return createdReply(found('Saved search', await readRecord(sql, 'saved_search_view', { name: body.name })).body, created);
  },
  'GET /saved_searches/{id}': async ({ params }) => found('Saved search', await readRecord(sql, 'saved_search_view', { id: params.id })),
  'DELETE /saved_searches/{id}': async ({ params }) => expectFound('Saved search', await deleteSavedSearch(sql, params.id)),
  'POST /saved_searches/filter': async ({ body }) => new Reply(await listRecords(sql, 'saved_search_view', { ...body, order: 'name' })),
});
