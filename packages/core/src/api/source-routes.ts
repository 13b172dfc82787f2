import { z } from 'zod';
import { uuid } from '../model/common.ts';
import { Source, SourceSet, SourceUrl, sourceName } from '../model/source.ts';
import { page } from './filter-schema.ts';
import { defineRoute } from './route.ts';

const tag = 'sources';

/** Where sources are, for workers that do not know it themselves (`decisions/0023`). No answer but one has a URL. */
export const sourceRoutes = {
  'POST /sources/': defineRoute({
    summary: 'Keep the URL of a source, encrypted, in the place of the one that was kept before',
    tag,
    body: SourceSet,
    ok: Source,
    status: 201,
    secret: true,
    ours: true,
  }),
  'POST /sources/filter': defineRoute({
    summary: 'List the sources whose URLs are kept, by name; without the URLs',
    tag,
    body: z.strictObject({ name: sourceName.optional(), ...page }).prefault({}),
    ok: z.array(Source),
    ours: true,
  }),
  'POST /sources/url': defineRoute({
    summary: 'Read the URL of a source, as the holder of the lease of a flow run that names it',
    tag,
    body: z.strictObject({ name: sourceName }),
    ok: SourceUrl,
    ours: true,
  }),
  'DELETE /sources/{id}': defineRoute({
    summary: 'Forget the URL of a source',
    tag,
    params: z.object({ id: uuid }),
    ok: z.undefined(),
    status: 204,
    ours: true,
  }),
};
