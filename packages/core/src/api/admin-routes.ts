import { z } from 'zod';
import { ServerSetting } from '../model/server-setting.ts';
import { ServerStatus } from '../model/server-status.ts';
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
  'GET /admin/config': defineRoute({
    summary: 'The settings of this server, and where the value of each comes from',
    tag,
    ours: true,
    ok: z.array(ServerSetting),
  }),
  'GET /admin/status': defineRoute({
    summary: 'What this server is and has, and how it does',
    tag,
    ours: true,
    ok: ServerStatus,
  }),
};
