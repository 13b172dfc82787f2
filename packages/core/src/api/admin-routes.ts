import { z } from 'zod';
import { defineRoute } from './route.ts';

const tag = 'admin';

export const adminRoutes = {
  'GET /health': defineRoute({ summary: 'The server is alive', tag, ok: z.literal(true), open: true }),
  'GET /ready': defineRoute({ summary: 'The server can answer: its database is there', tag, ok: z.object({ message: z.string() }), open: true }),
  'GET /version': defineRoute({ summary: "The API's version", tag, ok: z.string() }),
  'GET /admin/version': defineRoute({ summary: 'The Prefect release whose API this is', tag, ok: z.string() }),
  'GET /hello': defineRoute({ summary: 'Say hello', tag, ok: z.string() }),
  'GET /csrf-token': defineRoute({
    summary: 'Always 422: requests carry a key, so there is nothing to forge',
    tag,
    query: z.object({ client: z.string().optional() }),
    ok: z.never(),
  }),
  'GET /admin/status': defineRoute({
    summary: 'What this server is and has: version, database, disk, services',
    tag,
    ours: true,
    ok: z.object({
      sluice_version: z.string(),
      api_url: z.string(),
      started: z.string(),
      database: z.object({ version: z.string(), embedded: z.boolean(), bytes: z.number() }),
      home: z.string(),
      disk_free_bytes: z.number(),
      services: z.array(z.object({ name: z.string(), last_tick: z.string().nullable(), last_error: z.string().nullable() })),
    }),
  }),
};
