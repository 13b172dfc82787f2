import { z } from 'zod';
import { Bundle, BundleChunk, BundleCreate, BundlesPruned, bundleName } from '../model/bundle.ts';
import { uuid } from '../model/common.ts';
import { page } from './filter-schema.ts';
import { defineRoute } from './route.ts';

const tag = 'bundles';
const name = z.object({ name: bundleName });
/** A whole number, from 0; any other names no chunk. */
const index = z.string().max(100);

/** A bundle goes up and down chunk by chunk: neither side holds all of it, and a chunk that got lost is sent again. */
export const bundleRoutes = {
  'POST /bundles/': defineRoute({
    summary: 'Begin to store a bundle; answers with the one of this name when it is there already',
    tag,
    body: BundleCreate,
    ok: Bundle,
    status: 201,
    ours: true,
  }),
  'PUT /bundles/{id}/chunks/{index}': defineRoute({
    summary: 'Store a chunk of a bundle, as base64; the same again changes nothing',
    tag,
    params: z.object({ id: uuid, index }),
    body: BundleChunk,
    ok: z.undefined(),
    status: 204,
    ours: true,
  }),
  'POST /bundles/{id}/check': defineRoute({
    summary: 'Check that all of a bundle has come and is what its name says: it can be used from then on',
    tag,
    params: z.object({ id: uuid }),
    ok: Bundle,
    waits: true,
    ours: true,
  }),
  'POST /bundles/filter': defineRoute({
    summary: 'List bundles, newest first',
    tag,
    body: z
      .strictObject({
        /** How the name begins. */
        name_like: z
          .string()
          .regex(/^[0-9a-f]{1,64}$/, 'not the beginning of a name')
          .optional(),
        ...page,
      })
      .prefault({}),
    ok: z.array(Bundle),
    ours: true,
  }),
  'POST /bundles/prune': defineRoute({
    summary: 'Remove bundles that no deployment and no unfinished run names',
    tag,
    body: z
      .strictObject({
        /** Only those that nobody has deployed for so many days. */
        days: z.int().min(0).max(36_500).default(0),
      })
      .prefault({}),
    ok: BundlesPruned,
    ours: true,
  }),
  'GET /bundles/{name}': defineRoute({ summary: 'Read a bundle', tag, params: name, ok: Bundle, ours: true }),
  'GET /bundles/{name}/chunks/{index}': defineRoute({
    summary: 'Read a chunk of a bundle, as base64',
    tag,
    params: name.extend({ index }),
    ok: BundleChunk,
    ours: true,
  }),
};
