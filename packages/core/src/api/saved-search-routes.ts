import { z } from 'zod';
import { uuid } from '../model/common.ts';
import { SavedSearch, SavedSearchCreate } from '../model/saved-search.ts';
import { page } from './filter-schema.ts';
import { defineRoute } from './route.ts';

const tag = 'saved searches';
const params = z.object({ id: uuid });

export const savedSearchRoutes = {
  'PUT /saved_searches/': defineRoute({
    summary: 'Keep a search in the place of the one of its name',
    tag,
    body: SavedSearchCreate,
    ok: SavedSearch,
    status: 201,
  }),
  'GET /saved_searches/{id}': defineRoute({ summary: 'Read a saved search', tag, params, ok: SavedSearch }),
  'DELETE /saved_searches/{id}': defineRoute({ summary: 'Delete a saved search', tag, params, ok: z.undefined(), status: 204 }),
  'POST /saved_searches/filter': defineRoute({
    summary: 'List saved searches, by name',
    tag,
    body: z.strictObject(page).prefault({}),
    ok: z.array(SavedSearch),
  }),
};
